import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabaseUrl } from "../support/database.js";
import { DataFolder, type ServerProcess, selectRows, tokenIn } from "../support/process.js";

let folder: DataFolder;
let server: ServerProcess;

beforeAll(async () => {
  folder = await DataFolder.afterFirstStart();
  server = await folder.startServer();
});

afterAll(() => folder.remove());

const CREATE = `mutation ($secret: String) {
  createPaymentCharge(input: { amountInCents: 1, providerSecret: $secret }) {
    paymentCharge { id providerSecret }
    userErrors { code field message }
  }
}`;
interface Created {
  createPaymentCharge: {
    paymentCharge: { id: string; providerSecret: string | null } | null;
    userErrors: { code: string; message: string }[];
  };
}
const READ = "query ($id: ID!) { paymentCharge(id: $id) { providerSecret } }";
interface Read {
  paymentCharge: { providerSecret: string | null } | null;
}

async function create(on: ServerProcess, secret: string, token = on.token): Promise<string> {
  const { createPaymentCharge } = await on.ask<Created>(token, CREATE, { secret });
  expect(createPaymentCharge.paymentCharge?.providerSecret).toBe(secret);
  return createPaymentCharge.paymentCharge!.id;
}

async function read(on: ServerProcess, id: string, token = on.token): Promise<string | null> {
  return (await on.ask<Read>(token, READ, { id })).paymentCharge!.providerSecret;
}

describe("the demo's payments", () => {
  it("have every status and cover a year, so that they can be summed by month", async () => {
    const data = await server.ask<{
      paymentCharges: {
        totalCount: number;
        byStatus: { key: { status: string }; aggregate: { count: number } }[];
        byMonth: { aggregate: { sum: { totalInCents: string } } }[];
      };
      refunds: { totalCount: number };
      captured: { totalCount: number };
      statuses: { enumValues: { name: string }[] };
    }>(
      server.token,
      `{
        paymentCharges {
          totalCount
          byStatus: groupBy(keys: [STATUS]) { key { status } aggregate { count } }
          byMonth: groupBy(keys: [CREATED_AT], bucket: { unit: MONTH }) {
            aggregate { sum { totalInCents } }
          }
        }
        refunds: paymentRefunds { totalCount }
        captured: paymentAuthorizations(filter: { status: { eq: [CAPTURED] } }) { totalCount }
        statuses: __type(name: "PaymentChargeStatus") { enumValues { name } }
      }`,
    );
    const { totalCount, byStatus, byMonth } = data.paymentCharges;
    expect(totalCount).toBeGreaterThanOrEqual(300);
    expect(byStatus.map(({ key }) => key.status).sort()).toEqual(
      data.statuses.enumValues.map(({ name }) => name).sort(),
    );
    expect(byMonth.length).toBeGreaterThanOrEqual(12);
    expect(byMonth.every(({ aggregate }) => BigInt(aggregate.sum.totalInCents) > 0n)).toBe(true);
    expect(data.refunds.totalCount).toBeGreaterThan(10);
    expect(data.captured.totalCount).toBe(2);
  });
});

describe("provider secrets of the embedded database", () => {
  it("work without configuration, and are readable after a restart and after a rotation", async () => {
    const id = await create(server, "before the rotation");
    const keys = join(folder.path, "provider-secret-keys");
    const [first] = await readdir(keys);
    expect(((await stat(join(keys, first!))).mode & 0o777).toString(8)).toBe("600");

    const printed = await folder.run("commands/rotate-provider-secrets");
    expect(printed).toContain("1 provider secrets were re-encrypted");
    expect(await readdir(keys)).toHaveLength(2);
    expect(await read(server, id)).toBe("before the rotation");
    // The running server encrypts with the new key from now on.
    await create(server, "after the rotation");
    const rows = await selectRows<{ key: string }>(
      await folder.databaseUrl(),
      "select distinct provider_secret_key_id as key from payment_charges where provider_secret_key_id is not null",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.key).not.toBe(first);

    expect(await server.stop()).toBe(0);
    for (const file of await readdir(keys)) {
      expect(server.program.output).not.toContain(await readFile(join(keys, file), "utf8"));
    }
    expect(server.program.output).not.toMatch(/(before|after) the rotation/);
    server = await folder.startServer();
    expect(await read(server, id)).toBe("before the rotation");
  });
});

describe("provider secrets of an external database", () => {
  const key = (id: string): string => `${id}:${Buffer.alloc(32, id).toString("base64")}`;

  it("are refused without a key, with a warning at startup, and rotate with PROVIDER_SECRET_KEYS", async () => {
    const url = await createDatabaseUrl("empty");
    const env = { DATABASE_URL: url };
    const files = await DataFolder.create();
    try {
      const bare = await files.startServer(env);
      expect(bare.program.stdout).toContain("PROVIDER_SECRET_KEYS is not set");
      const token = tokenIn(await files.run("commands/seed", { ...env, PORT: bare.port }));
      const refused = await bare.ask<Created>(token, CREATE, { secret: "s" });
      expect(refused.createPaymentCharge.userErrors).toMatchObject([{ code: "INVALID" }]);
      await bare.stop();

      const one = await files.startServer({ ...env, PROVIDER_SECRET_KEYS: key("a") });
      const id = await create(one, "kept", token);
      await one.stop();
      const both = { ...env, PROVIDER_SECRET_KEYS: `${key("b")},${key("a")}` };
      expect(await files.run("commands/rotate-provider-secrets", both)).toContain(
        "All of them now use the key b.",
      );
      const two = await files.startServer({ ...env, PROVIDER_SECRET_KEYS: key("b") });
      expect(await read(two, id, token)).toBe("kept");
      expect(await two.stop()).toBe(0);
    } finally {
      await files.remove();
    }
  });
});
