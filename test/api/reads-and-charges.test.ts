import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { READS_PER_REQUEST, readSlotCount } from "../../src/database/read-slots.js";
import { newId } from "../../src/shared/uuid.js";
import { directUrlOf } from "../support/database.js";
import type { Answer } from "../support/graphql-client.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

const POOL_SIZE = 8;

const aliases = (field: (index: number) => string): string =>
  `{ ${Array.from({ length: 12 }, (_, index) => `a${String(index)}: ${field(index)}`).join(" ")} }`;

/** Twelve different lists. */
const LISTS = aliases((index) => `customers(first: ${String(index + 1)}) { nodes { id } }`);
const FIGURES = aliases(
  (index) => `customers(filter: { name: { match: ["n${String(index)}"] } }) { totalCount }`,
);
let server: TestServer;
let greedy: TestMerchant;
let other: TestMerchant;
let slug: string;
/** Locks a table, so that requests wait for it. */
let holder: pg.Client;

beforeAll(async () => {
  server = await TestServer.start({ poolSize: POOL_SIZE });
  greedy = await server.createMerchant();
  other = await server.createMerchant();
  slug = await server.createGroup({}, greedy, other);
  holder = new pg.Client({ connectionString: directUrlOf(server.database) });
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await server.stop();
});
beforeEach(() => lock("customers"));
afterEach(() => holder.query("rollback"));

async function lock(table: string): Promise<void> {
  await holder.query("rollback");
  await holder.query(`begin; lock table ${pg.escapeIdentifier(table)} in access exclusive mode`);
}

/** The number of connections that wait for a table. */
async function heldConnections(): Promise<number> {
  const { rows } = await holder.query<{ count: number }>(
    `select count(distinct pid)::int from pg_locks where not granted and locktype = 'relation'
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0]!.count;
}

async function untilHeld(count: number): Promise<void> {
  while ((await heldConnections()) < count) await sleep(10);
}

async function chargeAsOther(): Promise<void> {
  const one = charge({ phoneNumber: newPhoneNumber() });
  const [result] = await chargePockets(server, other.token, slug, [one]);
  expect(result?.status).toBe("SUCCESS");
}

async function unlock(...answers: Promise<Answer<unknown>>[]): Promise<void> {
  await holder.query("rollback");
  for (const { errors } of await Promise.all(answers)) expect(errors).toBeUndefined();
  const { totalCount, idleCount, waitingCount } = server.database.pool;
  expect({ waitingCount, busy: totalCount - idleCount }).toEqual({ waitingCount: 0, busy: 0 });
}

describe("while lists wait", () => {
  it.each([
    ["lists", LISTS],
    ["figures", FIGURES],
  ])("a request holds at most a few connections: %s", async (_, query) => {
    const answer = server.send(greedy.token, query);
    await untilHeld(READS_PER_REQUEST);
    await chargeAsOther();
    await server.ask(other.token, "{ pockets { nodes { id } totalCount } }");
    expect(await heldConnections()).toBe(READS_PER_REQUEST);
    await unlock(answer);
  });

  it.each<[table: string, field: (index: number) => string]>([
    ["customers", () => `customer(id: "${newId()}") { id }`],
    ["orders", () => `order(id: "${newId()}") { id }`],
    ["payment_charges", () => `paymentCharge(id: "${newId()}") { id }`],
    ["payment_refunds", () => `paymentRefund(id: "${newId()}") { id }`],
    ["payment_authorizations", () => `paymentAuthorization(id: "${newId()}") { id }`],
    ["payment_methods", () => `paymentMethod(id: "${newId()}") { id }`],
    ["employees", () => `employee(id: "${newId()}") { id }`],
    ["pocket_groups", (index) => `pocketGroup(slug: "group-${String(index)}") { id }`],
    [
      "pockets",
      () => `pocket(pocketGroupSlug: "${slug}", phoneNumber: "${newPhoneNumber()}") { id }`,
    ],
  ])("batches the look-ups of a request into one statement: %s", async (table, field) => {
    await server.ask(other.token, "{ viewer { scopes } }");
    await lock(table);
    const answer = server.send(greedy.token, aliases(field));
    await untilHeld(1);
    await server.ask(server.operatorToken, "{ auditEntries { totalCount } }");
    expect(await heldConnections()).toBe(1);
    await unlock(answer);
  });

  it("charges get a connection, however many list requests are running", async () => {
    const rest = fetch(new URL("/api/boomerang/payment_charges?include=customer", server.url), {
      headers: { authorization: `Token ${greedy.token}` },
    });
    const answers = Array.from({ length: 40 }, (_, index) =>
      server.send(greedy.token, index % 2 === 0 ? LISTS : FIGURES),
    );
    await untilHeld(readSlotCount(POOL_SIZE));
    for (let count = 0; count < 5; count++) await chargeAsOther();
    await Promise.all(Array.from({ length: 20 }, chargeAsOther));
    expect(await heldConnections()).toBe(readSlotCount(POOL_SIZE));
    await unlock(...answers);
    expect((await rest).status).toBe(200);
  });
});
