import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MERCHANT_SCOPES } from "../callers/api-scope.js";
import type { Composed } from "../app/services.js";
import { DemoPayments } from "./demo-payments.js";
import { DemoPockets } from "./demo-pockets.js";
import { assert } from "../shared/assert.js";
import type { Outcome } from "../shared/user-error.js";

/**
 * The demo's records have fixed ids, so that seeding again finds them and a database with this merchant is
 * recognized as a demo.
 */
const MERCHANT_ID = "01988f7a-0000-7000-8000-000000000001";
const EMPLOYEE_ID = "01988f7a-0000-7000-8000-000000000002";
const POCKET_GROUP_ID = "01988f7a-0000-7000-8000-000000000003";
export const DEMO_GROUP_SLUG = "my-pocket-group";

/** The demo's API token. */
export interface DemoToken {
  readonly secret: string;
  /** The absolute path of the file that stores it. */
  readonly file: string;
  /** Whether this start created it. */
  readonly isNew: boolean;
}

export type DemoServices = Pick<Composed, "services" | "authenticator">;

/** Sample data for trying the server: a merchant, an employee, pockets, payments and tokens. */
export class Demo {
  private readonly pockets: DemoPockets;
  private readonly payments: DemoPayments;

  constructor(private readonly app: DemoServices) {
    const scopes = MERCHANT_SCOPES;
    const caller = { tokenId: "", merchantId: MERCHANT_ID, employeeId: EMPLOYEE_ID, scopes };
    this.pockets = new DemoPockets(app.services, caller);
    this.payments = new DemoPayments(app.services, caller);
  }

  async isThere(): Promise<boolean> {
    return (await this.app.services.merchants.find(MERCHANT_ID)) !== null;
  }

  /** Whether to create the demo: if the database is empty, or if seeding was interrupted. */
  async isWanted(): Promise<boolean> {
    if (await this.app.services.merchants.isEmpty()) return true;
    return (await this.isThere()) && !(await this.payments.isWhole());
  }

  /** Creates missing records and leaves existing ones unchanged. Running it again changes no pocket. */
  async seed(): Promise<void> {
    const { merchants, employees, pocketGroups } = this.app.services;
    const group = { slug: DEMO_GROUP_SLUG, name: "My pocket group" };
    const outcome = await pocketGroups.create(group, null, POCKET_GROUP_ID);
    assert(
      outcome.isDone || outcome.userErrors[0]?.code === "TAKEN",
      "the demo's pocket group was refused",
    );
    const isFirst = !(await this.isThere());
    if (isFirst) {
      made(await merchants.create({ name: "Demo merchant" }, null, MERCHANT_ID));
    }
    const { isActive } = await pocketGroups.grant(DEMO_GROUP_SLUG, MERCHANT_ID);
    const employee = { merchantId: MERCHANT_ID, id: EMPLOYEE_ID };
    if ((await employees.findByKey(employee)) === null) {
      const person = { merchantId: MERCHANT_ID, name: "Sara Demo", email: "sara@example.com" };
      made(await employees.create(person, null, EMPLOYEE_ID));
    }
    if (isActive) await this.pockets.seed(DEMO_GROUP_SLUG);
    if (isFirst || !(await this.payments.isWhole())) await this.payments.seed(isFirst);
  }

  /** Creates a token for the demo's merchant and employee, with every scope except OPERATOR. */
  async createToken(): Promise<string> {
    const token = await this.app.services.apiTokens.create({
      merchantId: MERCHANT_ID,
      employeeId: EMPLOYEE_ID,
      name: "Demo",
      scopes: MERCHANT_SCOPES,
    });
    return made(token).secret;
  }

  /**
   * A valid token, the same at each start. Its secret is stored in the data folder, which is done only for the
   * demo. A lost, revoked or expired token is replaced.
   */
  async keepToken(dataDir: string): Promise<DemoToken> {
    const file = join(dataDir, "demo-token");
    const kept = (await readFile(file, "utf8").catch(() => "")).trim();
    if (kept !== "" && (await this.isUsable(kept))) {
      return { secret: kept, file, isNew: false };
    }
    const secret = await this.createToken();
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
    await chmod(file, 0o600);
    return { secret, file, isNew: true };
  }

  private async isUsable(secret: string): Promise<boolean> {
    try {
      return (await this.app.authenticator.authenticate(`Token ${secret}`)) !== null;
    } catch {
      return false; // the token is refused, for any reason
    }
  }
}

function made<T>(outcome: Outcome<T>): T {
  assert(outcome.isDone, `the demo was refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}
