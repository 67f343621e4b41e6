import { isDeepStrictEqual } from "node:util";
import { openConnections } from "../support/graphql-connections.mjs";
import { SIDES } from "./stacks.cases.mjs";
import { KNOWN_POCKETS, newCharges } from "./stacks.fill.mjs";
import { countMade, operationsOf, readRecords } from "./stacks.operations.mjs";

const REPETITIONS = 8;
const BATCH_SIZE = 2;

/**
 * Verifies the servers before they are measured: each must return the same records as the first, and make
 * charges exactly once, even if they are sent repeatedly and concurrently.
 *
 * @param {Record<string, { graphqlUrl: string }>} servers by side.
 * @param {string} apiToken
 * @param {object} records
 * @returns {Promise<Record<string, number>>} the number of charges that each side has made.
 */
export async function verifyServers(servers, apiToken, records) {
  const made = {};
  // The GraphQL layer without a database has no records.
  const sides = Object.entries(servers).filter(([side]) => SIDES[side].digit !== undefined);
  const posts = sides.map(([side, { graphqlUrl }]) => ({
    side,
    operations: operationsOf(side, records),
    post: openConnections({ clientCount: REPETITIONS, graphqlUrl, apiToken }),
  }));
  for (const { side, operations, post } of posts) {
    const charges = newCharges(SIDES[side].digit, { batchSize: BATCH_SIZE });
    const body = JSON.stringify(operations.charge(charges));
    const clients = Array.from({ length: REPETITIONS }, (_, client) => client);
    const answers = await Promise.all(clients.map((client) => post(client, body)));
    answers.push(await post(0, body));
    made[side] = answers.map(countMade).reduce((sum, count) => sum + count, 0);
    if (made[side] !== BATCH_SIZE) {
      const times = `${BATCH_SIZE} charges, sent ${answers.length} times, were made ${made[side]} times`;
      throw new Error(`${SIDES[side].label}: ${times}.\n${answers.join("\n")}`);
    }
  }
  for (const kind of ["trace", "list"]) {
    let expected;
    for (const { side, operations, post } of posts) {
      const records = readRecords(kind, await post(0, JSON.stringify(operations[kind]())));
      expected ??= records;
      if (isDeepStrictEqual(records, expected)) continue;
      const [found, wanted] = [records, expected].map((value) => JSON.stringify(value));
      throw new Error(
        `${SIDES[side].label} returns a different ${kind}:\n${found}\ninstead of\n${wanted}`,
      );
    }
  }
  return made;
}

/**
 * Verifies that every counted charge, and those of the known pockets, are in the database once on a pocket of
 * their side, and that the balances after each charge are their sums.
 *
 * @param {Record<string, number>} made before the rounds.
 * @returns {Promise<number>} the number of verified charges.
 */
export async function verifyCharges(client, comparisons, made) {
  const counted = { ...made };
  for (const { subject, warmUp, rounds } of comparisons) {
    if (subject.kind !== "charge") continue;
    for (const [side, { requestCount }] of [warmUp, ...rounds].flatMap(Object.entries)) {
      counted[side] = (counted[side] ?? 0) + requestCount * subject.batchSize;
    }
  }
  let total = 0;
  for (const [side, count] of Object.entries(counted)) {
    const found = await countCharges(client, SIDES[side].digit);
    if (found.count !== KNOWN_POCKETS + count || found.wrongPockets !== 0) {
      throw new Error(
        `${SIDES[side].label}: ${count} charges were counted, but the database has ${found.count - KNOWN_POCKETS}; ` +
          `${found.wrongPockets} pockets do not contain the sum of their charges.`,
      );
    }
    total += count;
  }
  return total;
}

/** Amounts are above zero, so a pocket's correct balances are all different and the last is the highest. */
async function countCharges(client, digit) {
  const { rows } = await client.query(
    `with sums as (
       select phone_number, count(*) as count, sum(amount) as sum, max(balance_after) as last,
              count(distinct balance_after) as balances
       from pocket_charges where phone_number like $1 group by phone_number
     )
     select coalesce(sum(s.count), 0)::float8 as count,
            (count(*) filter (where p.balance is distinct from coalesce(s.sum, 0)
               or s.last <> p.balance or s.balances <> s.count))::float8 as "wrongPockets"
     from (select * from pockets where phone_number like $1) p full join sums s using (phone_number)`,
    [`989${digit}%`],
  );
  return rows[0];
}
