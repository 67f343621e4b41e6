import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { from as copyFrom } from "pg-copy-streams";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { TimedUuids } from "../support/timed-uuids.mjs";

const GROUP_COUNT = 100;
const CHARGES_OF_A_POCKET = 10;
const FIRST_MS = Date.UTC(2026, 0, 1);
const CHUNK_ROWS = 500;

/**
 * Fills an empty demo with COPY: 100 groups granted to its merchant, with evenly distributed pockets that have
 * ten charges of 1 each, one per second.
 *
 * @param {import("pg").Client} client
 * @param {number} chargeCount a multiple of 1,000.
 */
export async function fillCharges(client, chargeCount) {
  const merchantId = await grantGroups(client);
  const { rows: groups } = await client.query(
    "select id from pocket_groups order by slug <> $1, slug",
    [DEMO_GROUP_SLUG],
  );
  const pocketCount = chargeCount / CHARGES_OF_A_POCKET;
  const groupOf = (pocket) => groups[pocket % GROUP_COUNT].id;
  const uuids = new TimedUuids();

  await copy(
    client,
    "pockets (pocket_group_id, id, phone_number, balance, created_at, updated_at)",
    pocketCount,
    (n) => {
      const at = timeOf(n);
      return [groupOf(n), uuids.of(at), phoneNumberOf(n), CHARGES_OF_A_POCKET, iso(at), iso(at)];
    },
  );
  await copy(
    client,
    `pocket_ledger
       (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)`,
    chargeCount,
    (n) => {
      const at = timeOf(n);
      const pocket = n % pocketCount;
      const balance = Math.floor(n / pocketCount) + 1;
      const keys = [groupOf(pocket), uuids.of(at), uuids.of(at), merchantId];
      return [...keys, phoneNumberOf(pocket), 1, balance, iso(at)];
    },
  );
}

/** The phone number of a filled pocket in the demo's own group. */
export function phoneNumberOfDemoGroup(index) {
  return phoneNumberOf(index * GROUP_COUNT);
}

/** @returns {number} the number of pockets in the demo's own group. */
export function pocketsOfDemoGroup(chargeCount) {
  return chargeCount / CHARGES_OF_A_POCKET / GROUP_COUNT;
}

async function grantGroups(client) {
  await client.query(
    `insert into pocket_groups (id, slug, name)
     select uuidv7(), 'group-' || i, 'Group ' || i from generate_series(2, $1::int) i`,
    [GROUP_COUNT],
  );
  const { rows } = await client.query(
    `insert into pocket_group_grants (merchant_id, pocket_group_id)
     select m.id, g.id from merchants m, pocket_groups g where g.slug <> $1
     returning merchant_id as "merchantId"`,
    [DEMO_GROUP_SLUG],
  );
  return rows[0].merchantId;
}

async function copy(client, target, count, rowOf) {
  await pipeline(
    Readable.from(linesOf(count, rowOf), { objectMode: false }),
    client.query(copyFrom(`copy ${target} from stdin`)),
  );
}

/** No value contains a character that COPY's text format would need to escape. */
function* linesOf(count, rowOf) {
  for (let from = 0; from < count; from += CHUNK_ROWS) {
    let lines = "";
    for (let n = from; n < Math.min(from + CHUNK_ROWS, count); n++) {
      lines += `${rowOf(n).join("\t")}\n`;
    }
    yield lines;
  }
}

function timeOf(n) {
  return FIRST_MS + n * 1_000;
}

function iso(ms) {
  return new Date(ms).toISOString();
}

function phoneNumberOf(pocket) {
  return `989${String(pocket).padStart(9, "0")}`;
}
