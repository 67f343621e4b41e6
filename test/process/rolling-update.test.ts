import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readConfig } from "../../src/config/config.js";
import { migrate } from "../../src/database/migrations/migrate.js";
import { openConfiguredDatabase } from "../../src/process/open-database.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { createDatabaseUrl } from "../support/database.js";
import { lintMigration } from "../support/migration-lint.js";
import { charge, newPhoneNumber } from "../support/pockets.js";
import { selectRows } from "../support/process.js";
import { TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

/** Changes that the next version may make to the busiest tables. */
const NEXT: Readonly<Record<string, string>> = {
  "20990101000000_expand": `
    alter table pocket_ledger add column channel text, add column weight integer not null default 1;
    alter table pockets add column nickname text;
    alter table payment_charges add column risk text not null default 'none';
    alter table payment_charges add constraint risk_known check (risk in ('none', 'high')) not valid;
    create table reports (id uuid primary key, merchant_id uuid not null references merchants (id));`,
  "20990101000001_name_scope": "alter type api_scope add value 'REPORTS_READ';",
  "20990101000002_validate": "alter table payment_charges validate constraint risk_known;",
  "20990101000003_index": `-- outside a transaction
    drop index concurrently if exists pocket_ledger_channel_idx;
    create index concurrently pocket_ledger_channel_idx on pocket_ledger (pocket_group_id, channel);`,
};
const CLIENTS = 6;
const ROUNDS = 5;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pocketcharge-migrations-"));
  await cp("prisma/migrations", folder, { recursive: true });
  await addMigrations(NEXT);
});

afterAll(() => rm(folder, { recursive: true }));

async function addMigrations(scripts: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, script] of Object.entries(scripts)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "migration.sql"), script);
  }
}

/** Repeats the most frequent requests of clients. Any failure or refusal fails the test. */
function startLoad(server: TestServer, token: string, pocketGroupSlug: string) {
  const DOCUMENT = `mutation ($charges: ChargePocketsInput!, $payment: CreatePaymentChargeInput!) {
    chargePockets(input: $charges) { results { status } }
    createPaymentCharge(input: $payment) { paymentCharge { id status } userErrors { code } }
  }`;
  const LISTS = `{ pocketCharges(first: 3, filter: { amount: { gt: 0 } }) { totalCount nodes { id balanceAfter } }
    paymentCharges(first: 3) { totalCount nodes { id status amountInCents } } }`;
  let rounds = 0;
  let isStopping = false;
  const run = async (): Promise<void> => {
    while (!isStopping) {
      const charges = {
        pocketGroupSlug,
        charges: [charge(), charge({ phoneNumber: newPhoneNumber() })],
      };
      const made = await server.ask(token, DOCUMENT, { charges, payment: { amountInCents: 500 } });
      expect(made).toMatchObject({
        chargePockets: { results: [{ status: "SUCCESS" }, { status: "SUCCESS" }] },
        createPaymentCharge: { paymentCharge: { status: "CREATED" }, userErrors: [] },
      });
      await server.ask(token, LISTS);
      rounds++;
    }
  };
  const running = Promise.all(Array.from({ length: CLIENTS }, run));
  running.catch(() => undefined); // reported by stop()
  return {
    /** Resolves once every client has completed further requests. */
    goesOn: async () => {
      const before = rounds;
      const gone = vi.waitFor(() => {
        expect(rounds).toBeGreaterThanOrEqual(before + ROUNDS * CLIENTS);
      }, POLL);
      await Promise.race([gone, running]);
    },
    stop: async () => {
      isStopping = true;
      await running;
    },
  };
}

describe("a rolling update", () => {
  it("to a version that extends every busy table fails no request of this version", async () => {
    expect(Object.values(NEXT).flatMap((script) => lintMigration(script.trim()))).toEqual([]);
    const server = await TestServer.start();
    const merchant = await server.createMerchant();
    const slug = await server.createGroup({}, merchant);
    const load = startLoad(server, merchant.token, slug);
    await load.goesOn();
    const { applied } = await migrate(server.database.url, { folder });
    await load.goesOn();
    await load.stop();
    expect(applied).toEqual(Object.keys(NEXT));
    expect(server.logged.filter((line) => /"level":[456]0/.test(line))).toEqual([]);
    await expectLedgerToBalance(server.database);
    await server.stop();
  });

  it("lets this version start on a database of a newer one, with a warning", async () => {
    const url = await createDatabaseUrl("migrated");
    await migrate(url, { folder });
    const logged: string[] = [];
    const log = pino({}, { write: (line: string) => logged.push(line) });
    const config = readConfig({ DATABASE_URL: url });
    const database = await openConfiguredDatabase(config, log, "serve");
    await database.close();
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0]!)).toMatchObject({ level: 40, migrations: Object.keys(NEXT) });
  });
});

describe("a migration", () => {
  it("that waits for a table does not block others, and is finally applied", async () => {
    const url = await createDatabaseUrl("migrated");
    const reader = new pg.Client({ connectionString: url });
    await reader.connect();
    await reader.query("begin; select from pocket_ledger");
    const migrating = migrate(url, { folder });
    await vi.waitFor(async () => {
      const waiting = "select from pg_locks where not granted and mode = 'AccessExclusiveLock'";
      expect(await selectRows(url, waiting)).toHaveLength(1);
    }, POLL);
    // This statement queues behind the migration, which stops waiting well before a request times out.
    await selectRows(url, "set statement_timeout = '8s'; select from pocket_ledger");
    await reader.end();
    expect((await migrating).applied).toEqual(Object.keys(NEXT));
  });

  it("that fails is rolled back and named, and earlier ones are kept", async () => {
    const url = await createDatabaseUrl("migrated");
    const name = "20990101000004_fail";
    await addMigrations({ [name]: "create table halves (id int);\nselect 1 / 0;" });
    try {
      await expect(migrate(url, { folder })).rejects.toThrow(
        `The migration ${name} failed: division by zero`,
      );
    } finally {
      await rm(join(folder, name), { recursive: true });
    }
    expect(await selectRows(url, "select from pg_class where relname = 'halves'")).toEqual([]);
    expect(await migrate(url, { folder })).toEqual({ applied: [], unknown: [] });
  });
});
