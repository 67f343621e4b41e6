import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { encodeCursor } from "../../dist/listing/cursor.js";
import { orderOf } from "../../dist/listing/order.js";
import { pocketChargeRecord } from "../../dist/pockets/pocket-charge.record.js";

const FIELDS = "id token phoneNumber amount balanceAfter createdAt";
const PAGE_SIZE = 10;

/**
 * The read cases, each with its name in the table.
 *
 * @returns {Promise<{ name: string, isHeavy?: boolean, query: string, variables: object }[]>}
 */
export async function readCases(client, chargeCount) {
  const lastPage = chargeCount / PAGE_SIZE;
  const page = `query ($after: String) {
    pocketCharges(first: ${PAGE_SIZE}, after: $after) {
      nodes { ${FIELDS} } pageInfo { hasNextPage endCursor }
    }
  }`;
  return [
    {
      name: "trace of one charge",
      query: `query ($token: UUID!) {
        pocketCharge(pocketGroupSlug: "${DEMO_GROUP_SLUG}", token: $token) { ${FIELDS} }
      }`,
      variables: { token: await tokenOfDemoGroup(client) },
    },
    {
      name: "list of 50 charges",
      query: `{ pocketCharges(first: 50) { nodes { ${FIELDS} } } }`,
      variables: {},
    },
    {
      name: "list of 50 with two relations",
      query: `{ pocketCharges(first: 50) {
        nodes { ${FIELDS} pocket { balance } pocketGroup { slug name } }
      } }`,
      variables: {},
    },
    {
      name: "100 groups with 5 pockets each and their sums",
      isHeavy: true,
      query: `{ pocketGroups(first: 100) { nodes {
        slug pockets(first: 5) { nodes { phoneNumber balance } aggregate { sum { balance } } }
      } } }`,
      variables: {},
    },
    {
      name: `aggregate over ${chargeCount.toLocaleString("en-US")} charges`,
      isHeavy: true,
      query: "{ pocketCharges { aggregate { count sum { amount } max { createdAt } } } }",
      variables: {},
    },
    { name: `page 1 of ${PAGE_SIZE} charges`, query: page, variables: { after: null } },
    {
      name: `page ${lastPage.toLocaleString("en-US")} of ${PAGE_SIZE} charges`,
      query: page,
      variables: { after: await cursorBefore(client, PAGE_SIZE) },
    },
  ];
}

async function tokenOfDemoGroup(client) {
  const { rows } = await client.query(
    `select c.token from pocket_charges c join pocket_groups g on g.id = c.pocket_group_id
     where g.slug = $1 limit 1`,
    [DEMO_GROUP_SLUG],
  );
  return rows[0].token;
}

/** The cursor of the row before the given number of oldest rows, sorted newest first. */
export async function cursorBefore(client, count) {
  const { rows } = await client.query(
    `select id, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdAt"
     from pocket_charges order by created_at, id offset $1 limit 1`,
    [count],
  );
  return encodeCursor(pocketChargeRecord, orderOf(null), rows[0]);
}
