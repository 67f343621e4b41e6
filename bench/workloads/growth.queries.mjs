import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { cursorBefore } from "./reads.queries.mjs";

const FIELDS = "id token phoneNumber amount balanceAfter createdAt";
const TRACED_COUNT = 10_000;

export const PAGE_SIZE = 100;

const PAGE = `query ($after: String) {
  pocketCharges(first: ${PAGE_SIZE}, after: $after) {
    nodes { ${FIELDS} } pageInfo { hasNextPage endCursor }
  }
}`;

/** The measured cases. `isBounded`: the time must not grow with the data. `hasOneClient`: only one client runs it. */
export const GROWTH_CASES = [
  {
    name: "trace of one charge",
    kind: "trace",
    isBounded: true,
    query: `query ($token: UUID!) {
      pocketCharge(pocketGroupSlug: "${DEMO_GROUP_SLUG}", token: $token) { ${FIELDS} }
    }`,
  },
  { name: `page 1 of ${PAGE_SIZE}`, kind: "firstPage", isBounded: true, query: PAGE },
  { name: `last page of ${PAGE_SIZE}, by cursor`, kind: "lastPage", isBounded: true, query: PAGE },
  {
    name: "one charge",
    kind: "charge",
    isBounded: true,
    query: `mutation ($input: ChargePocketsInput!) {
      chargePockets(input: $input) { results { status message pocketCharge { balanceAfter } } }
    }`,
  },
  {
    name: "count and sum of an hour",
    kind: "hour",
    isBounded: true,
    query: `query ($from: DateTime!, $to: DateTime!) {
      pocketCharges(filter: { createdAt: { gte: $from, lt: $to } }) {
        aggregate { count sum { amount } }
      }
    }`,
  },
  {
    name: "count and sum of all, 1 client",
    kind: "all",
    isBounded: false,
    hasOneClient: true,
    query: "{ pocketCharges { aggregate { count sum { amount } } } }",
  },
  {
    name: "count and sum of each hour of a day, 1 client",
    kind: "hours",
    isBounded: false,
    hasOneClient: true,
    query: `query ($from: DateTime!, $to: DateTime!) {
      pocketCharges(filter: { createdAt: { gte: $from, lt: $to } }) {
        groupBy(keys: [CREATED_AT], bucket: { unit: HOUR, timeZone: "Asia/Tehran" }) {
          key { createdAt } aggregate { count sum { amount } }
        }
      }
    }`,
  },
];

/** The variables of the read cases, for a filled database. */
export async function readVariables(client) {
  const { rows: tokens } = await client.query(
    `select c.token from pocket_charges c join pocket_groups g on g.id = c.pocket_group_id
     where g.slug = $1 order by md5(c.token::text) limit $2`,
    [DEMO_GROUP_SLUG, TRACED_COUNT],
  );
  return {
    trace: tokens,
    firstPage: [{ after: null }],
    lastPage: [{ after: await cursorBefore(client, PAGE_SIZE) }],
    hour: [{ from: "2026-01-01T01:00:00Z", to: "2026-01-01T02:00:00Z" }],
    all: [{}],
    hours: [{ from: "2026-01-01T20:30:00Z", to: "2026-01-02T20:30:00Z" }],
  };
}
