import { afterAll, beforeAll, expect, it } from "vitest";
import { createDatabaseUrl, openTestDatabase } from "../support/database.js";
import { NO_LIMITS, requestsOf } from "../support/every-request.js";
import { newPhoneNumber } from "../support/pockets.js";
import { TestServer } from "../support/server.js";
import { createTenant } from "../support/tenant.js";

/** PostgreSQL plans a named statement five times before it decides whether to keep a plan. */
const FIRST_PLANS = 5;
const REPETITIONS = FIRST_PLANS + 2;

let server: TestServer;

beforeAll(async () => {
  // The plans of one connection are those of every request.
  const database = openTestDatabase(await createDatabaseUrl("migrated"), 1);
  server = await TestServer.start({ database, documentLimits: NO_LIMITS });
});

afterAll(() => server.stop());

it("PostgreSQL keeps the plan of every named statement", async () => {
  const shared = {
    slug: await server.createGroup({
      hasUniqueReferences: true,
      periodLimits: [{ kind: "CHARGE", measure: "SUM", period: "DAY", limit: 1_000_000_000 }],
    }),
    phoneNumber: newPhoneNumber(),
  };
  const merchant = await createTenant(server, "merchant", shared);
  const operatorToken = await server.createToken({ scopes: ["OPERATOR"] });
  const requests = [
    ...requestsOf(merchant, merchant.token, shared),
    ...requestsOf(merchant, operatorToken, shared),
  ];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (const { send } of requests) await send(server);
  }
  // How many rows follow a cursor depends on its values, so PostgreSQL may rightly plan such a page each time.
  const { rows } = await server.database.pool.query<{ statement: string; isKept: boolean }>(
    `select statement, generic_plans > 0 as "isKept" from pg_prepared_statements
     where custom_plans + generic_plans > $1 and statement !~ '\\) [<>] \\(\\$'`,
    [FIRST_PLANS],
  );
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter(({ isKept }) => !isKept)).toEqual([]);
});
