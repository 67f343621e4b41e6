import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabaseUrl, openTestDatabase } from "../support/database.js";
import { NO_LIMITS, type Request, requestsOf } from "../support/every-request.js";
import {
  dropChecks,
  emptyTables,
  fill,
  forgetPlans,
  rowsRead,
  stopAutovacuum,
} from "../support/growth.js";
import { newPhoneNumber } from "../support/pockets.js";
import { runs } from "../support/runs.js";
import { TestServer } from "../support/server.js";
import { createTenant } from "../support/tenant.js";

/** Rows in each of the largest tables; up to 200,000 with a larger PROPERTY_RUNS. The others have at least 4,000. */
const ROWS = Math.min(runs(10_000), 200_000);

/** Each request returns at most some hundred rows, including relations and nested lists; four pages of every list the most. */
const MAX_ROWS_READ = 1_500;

let server: TestServer;
let client: pg.Client;

beforeAll(async () => {
  const url = await createDatabaseUrl("migrated");
  client = new pg.Client(url);
  await client.connect();
  const name = new URL(url).pathname.slice(1);
  await client.query(`alter database ${name} set plan_cache_mode = force_generic_plan`);
  await stopAutovacuum(client);
  await dropChecks(client);
  // The plans of one connection are those of every request.
  const database = openTestDatabase(url, 1);
  server = await TestServer.start({ database, documentLimits: NO_LIMITS });
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

async function fillOnly(rows: number): Promise<void> {
  const only = await createTenant(server, "only");
  await fill(client, only.id, only.slug, rows, 50_000_000);
}

const SMALL = "while they were small";
const AFTERWARDS = "afterwards";

/**
 * The planner's statistics at the time the server's statements are planned; all become wrong later. Once the tables
 * have grown, those of the first three states are equal.
 */
const STATES: [string, string[], () => Promise<unknown>][] = [
  ["never analyzed and empty", [SMALL], () => Promise.resolve()],
  ["never analyzed, with some hundred rows,", [SMALL], () => fillOnly(400)],
  ["analyzed while empty", [SMALL, AFTERWARDS], () => client.query("analyze")],
  [
    "analyzed while one group and one merchant had all rows",
    [SMALL, AFTERWARDS],
    async () => {
      await fillOnly(2_000);
      await client.query("analyze");
    },
  ],
];

describe.each(STATES)("on tables that were %s and have grown since", (_, planned, prepare) => {
  let requests: Request[];

  beforeAll(async () => {
    await emptyTables(client);
    await forgetPlans(server.database.pool);
    await prepare();
    const shared = { slug: await server.createGroup({}), phoneNumber: newPhoneNumber() };
    const large = await createTenant(server, "large", shared);
    const small = await createTenant(server, "small", shared);
    const operatorToken = await server.createToken({ scopes: ["OPERATOR"] });
    requests = [
      ...requestsOf(large, large.token, shared),
      ...requestsOf(small, operatorToken, shared),
    ];
    for (const { send } of requests) await send(server);
    requests.push(...requestsOf(small, small.token, shared));
    await fill(client, large.id, large.slug, ROWS / 2, 100_000_000);
    await fill(client, large.id, shared.slug, ROWS / 2, 200_000_000);
  });

  it.each(planned)("no request reads more than it needs, with plans made %s", async (when) => {
    if (when === AFTERWARDS) await forgetPlans(server.database.pool);
    const readings: [string, number][] = [];
    const merchants = await client.query("select from merchants");
    let before = await rowsRead(client, server.database.pool);
    for (const { name, send, readsMerchants } of requests) {
      await send(server);
      const after = await rowsRead(client, server.database.pool);
      const expected = readsMerchants ? (merchants.rowCount ?? 0) : 0;
      readings.push([name, after - before - expected]);
      before = after;
    }
    expect(readings.filter(([, read]) => read > MAX_ROWS_READ)).toEqual([]);
    expect(Math.max(...readings.map(([, read]) => read))).toBeGreaterThan(0);
  });
});
