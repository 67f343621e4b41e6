import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { PostgresCluster } from "../../src/embedded-postgres/postgres-cluster.js";
import { holdMigrations } from "../support/migrations.js";
import { charge, newPhoneNumber } from "../support/pockets.js";
import {
  DataFolder,
  DatabaseLock,
  type RunningProgram,
  ServerProcess,
  pasteCurl,
  selectRows,
  tokenIn,
} from "../support/process.js";

const STACK_TRACE = /^\s+at |\.js:\d+/m;
const CREATE_CHARGE = `mutation ($secret: String) {
  createPaymentCharge(input: { amountInCents: 1, providerSecret: $secret }) {
    paymentCharge { id }
    userErrors { code }
  }
}`;
interface Created {
  createPaymentCharge: { paymentCharge: { id: string } | null; userErrors: { code: string }[] };
}

let folder: DataFolder;
/** An external PostgreSQL, which the servers do not stop or start. */
let cluster: PostgresCluster;
/** Two servers on its database, without a key for provider secrets. */
let one: ServerProcess;
let two: ServerProcess;
let env: Record<string, string>;
/** The token that the first run of `seed` printed. */
let token: string;

beforeAll(async () => {
  folder = await DataFolder.create();
  cluster = new PostgresCluster(folder.path, []);
  await cluster.open();
  env = { DATABASE_URL: cluster.url, DATA_DIR: join(dirname(folder.path), "none") };
});

afterAll(() => folder.remove());

const startBoth = (): RunningProgram[] => [folder.launch("main", env), folder.launch("main", env)];
const countMerchants = async (): Promise<number> =>
  (await selectRows(cluster.url, "select from merchants")).length;

// Each test continues with the state of the one before.

describe("servers on the empty database of DATABASE_URL", () => {
  it("exit if PostgreSQL is killed while they migrate it together", async () => {
    const held = await holdMigrations(cluster.url, "payment_charges");
    const both = startBoth();
    await held.whenReached();
    process.kill((await folder.findPostmaster())!, "SIGKILL");
    for (const program of both) expect(await program.ended(), program.output).toBe(1);
    await cluster.ensureRunning();
    await held.letGo().catch(() => undefined);
  });

  it("apply what is left once, when started together again", async () => {
    // The lock blocks the migrating server from creating tables, and the other one waits until all exist.
    const lock = await DatabaseLock.take(cluster.url, "lock table pg_class in share mode");
    onTestFinished(() => lock.release());
    const starting = startBoth().map((program) => ServerProcess.whenReady(program));
    await lock.isWaitedForBy(1);
    await lock.release();
    const servers = await Promise.all(starting);
    [one, two] = servers as [ServerProcess, ServerProcess];
    const lines = servers.map(
      ({ program }) => program.stdout.match(/migration applied/g)?.length ?? 0,
    );
    // Exactly one server has applied the migrations that the killed ones had not.
    expect(lines.filter((count) => count > 0)).toHaveLength(1);
    const applied = await selectRows<{ name: string }>(
      cluster.url,
      "select migration_name as name from _prisma_migrations where finished_at is not null",
    );
    expect(applied.length).toBeGreaterThanOrEqual(Math.max(...lines));
    const doubles = "select migration_name from _prisma_migrations group by 1 having count(*) > 1";
    expect(await selectRows(cluster.url, doubles)).toEqual([]);
  });

  it("create no demo and no data folder, and print how to get an operator's token", async () => {
    expect(await countMerchants()).toBe(0);
    for (const { program } of [one, two]) {
      expect(program.stdout).toContain("npm run operator-token");
      expect(program.stdout).not.toContain("curl");
    }
    const operator = await folder.makeOperatorToken(env);
    expect((await one.send(operator, "{ viewer { scopes } }")).status).toBe(200);
    expect(existsSync(env["DATA_DIR"]!)).toBe(false);
  });

  it("serve the demo that `seed` creates, once even if run twice", async () => {
    const first = await folder.run("commands/seed", { ...env, PORT: one.port });
    expect(await pasteCurl(first)).toMatchObject([{ status: "SUCCESS" }]);
    token = tokenIn(first);
    const sent = charge({ phoneNumber: newPhoneNumber() });
    expect(await two.charge(sent, token)).toMatchObject({ status: "SUCCESS" });

    const second = await folder.run("commands/seed", { ...env, PORT: two.port });
    expect(await pasteCurl(second)).toMatchObject([{ status: "SUCCESS" }]);
    expect(await countMerchants()).toBe(1);
    for (const printed of [token, tokenIn(second)]) {
      expect(await one.trace(sent, printed)).toEqual(sent);
    }
  });

  it("refuse provider secrets without a key, with a warning at startup", async () => {
    for (const server of [one, two]) {
      expect(server.program.stdout).toContain("PROVIDER_SECRET_KEYS is not set");
      const refused = await server.ask<Created>(token, CREATE_CHARGE, { secret: "s" });
      expect(refused.createPaymentCharge.userErrors).toMatchObject([{ code: "INVALID" }]);
    }
    expect(await Promise.all([one.stop(), two.stop()])).toEqual([0, 0]);
    expect(await folder.findPostmaster()).toBeDefined();
  });

  it("read provider secrets with the new key of PROVIDER_SECRET_KEYS after a rotation", async () => {
    const key = (id: string): string => `${id}:${Buffer.alloc(32, id).toString("base64")}`;
    const old = await ServerProcess.whenReady(
      folder.launch("main", { ...env, PROVIDER_SECRET_KEYS: key("a") }),
    );
    const created = await old.ask<Created>(token, CREATE_CHARGE, { secret: "kept" });
    const id = created.createPaymentCharge.paymentCharge?.id;
    expect(await old.stop()).toBe(0);
    const both = { ...env, PROVIDER_SECRET_KEYS: `${key("b")},${key("a")}` };
    expect(await folder.run("commands/rotate-provider-secrets", both)).toContain(
      "All of them now use the key b.",
    );
    const last = await folder.startServer({ ...env, PROVIDER_SECRET_KEYS: key("b") });
    expect(
      await last.ask(token, "query ($id: ID!) { paymentCharge(id: $id) { providerSecret } }", {
        id,
      }),
    ).toEqual({ paymentCharge: { providerSecret: "kept" } });
    expect(await last.stop()).toBe(0);
    expect(existsSync(env["DATA_DIR"]!)).toBe(false);
  });
});

it("a server exits if the database of DATABASE_URL is unreachable, without printing the password", async () => {
  const program = folder.launch("main", {
    DATABASE_URL: "postgresql://someone:their-password@127.0.0.1:1/pocketcharge",
  });
  expect(await program.ended()).toBe(1);
  expect(program.stderr).toContain("DATABASE_URL");
  expect(program.stderr).toContain("127.0.0.1:1");
  expect(program.output).not.toContain("their-password");
  expect(program.output).not.toMatch(STACK_TRACE);
});
