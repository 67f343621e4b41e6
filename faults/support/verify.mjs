import { setTimeout as sleep } from "node:timers/promises";
import { audit } from "../../dist/reconciliation/audit.js";

/**
 * @typedef {import("./stage.mjs").Stage} Stage
 * @typedef {import("./ledger.mjs").Ledger} Ledger
 */

const PAGE = 100;
const TRACED_ALONE = 50;
const LISTS = {
  charge: `paymentCharges(first: ${PAGE}, filter: { id: { eq: $keys } }) {
    nodes { id status totalInCents orderId moved: totalRefundedInCents } }`,
  refund: `paymentRefunds(first: ${PAGE}, filter: { id: { eq: $keys } }) {
    nodes { id status totalInCents orderId } }`,
  authorization: `paymentAuthorizations(first: ${PAGE}, filter: { id: { eq: $keys } }) {
    nodes { id status totalInCents orderId moved: totalCapturedInCents } }`,
};
const CHARGES = `query ($keys: [ID!]) { list: pocketCharges(first: ${PAGE}, filter: { token: { eq: $keys } }) {
  nodes { id token phoneNumber amount balanceAfter } } }`;
const ENTRIES = `query ($keys: [ID!]) { list: pocketEntries(first: ${PAGE}, filter: { token: { eq: $keys } }) {
  nodes { id token kind phoneNumber amount balanceAfter } } }`;
const HOLDS = `query ($keys: [ID!]) { list: pocketHolds(first: ${PAGE}, filter: { token: { eq: $keys } }) {
  nodes { id token phoneNumber amount capturedAmount status } } }`;
const TRACE = `query ($slug: String!, $token: UUID!) {
  pocketCharge(pocketGroupSlug: $slug, token: $token) { id amount balanceAfter } }`;

/**
 * Verifies the database against the ledger, after every request was answered: each acknowledged record exists
 * once, with the acknowledged values, and there are no others. Differences are recorded as failures.
 *
 * @param {Stage} stage
 */
export async function verify(stage) {
  await stage.withDatabase(async (client) => {
    await auditLedger(client, stage.ledger);
    await checkCounts(client, stage);
    await checkBalances(client, stage);
  });
  await checkChargesThroughApi(stage);
  await checkListed(stage, ENTRIES, stage.ledger.entries);
  await checkListed(stage, HOLDS, await closedHolds(stage.ledger));
  await checkPaymentsThroughApi(stage);
}

/** Runs the checks of `npm run audit`. */
async function auditLedger(client, ledger) {
  const everything = { groups: [], merchants: [] };
  const inTransaction = async (work) => {
    await client.query("begin isolation level repeatable read read only");
    try {
      return await work(client);
    } finally {
      await client.query("rollback");
    }
  };
  await audit(client, inTransaction, everything, {
    unitBegins: () => undefined,
    checkBegins: () => undefined,
    found: (_, { name }, { record, id, problem }) => {
      ledger.fail(`${name}: ${record} ${id}: ${problem}`);
    },
    unitEnds: () => undefined,
  });
}

/** Verifies that there are no unacknowledged records. */
async function checkCounts(client, { ledger, owner }) {
  const { rows } = await client.query(
    `select (select count(*)::int from pocket_charges where pocket_group_id = $1) as charges,
            (select count(*)::int from pocket_entries
             where pocket_group_id = $1 and kind <> 'CHARGE') as entries,
            (select count(*)::int from pocket_holds where pocket_group_id = $1) as holds,
            (select count(*)::int from payments where merchant_id = $2) as payments,
            (select count(*)::int from idempotency_keys where merchant_id = $2) as keys`,
    [owner.pocketGroupId, owner.merchantId],
  );
  const { payments, keys } = rows[0];
  for (const what of ["charges", "entries", "holds"]) {
    if (rows[0][what] !== ledger[what].size)
      ledger.fail(`${ledger[what].size} ${what} were acknowledged, but ${rows[0][what]} exist`);
  }
  const acknowledged = ledger.payments.size;
  if (payments !== acknowledged || keys !== acknowledged) {
    ledger.fail(
      `${acknowledged} payments were acknowledged, but ${payments} exist, with ${keys} keys`,
    );
  }
}

async function checkBalances(client, { ledger, owner }) {
  const expected = new Map();
  for (const { phoneNumber, amount } of [...ledger.charges.values(), ...ledger.entries.values()]) {
    expected.set(phoneNumber, (expected.get(phoneNumber) ?? 0) + amount);
  }
  const { rows } = await client.query(
    "select phone_number, balance::float8 as balance from pockets where pocket_group_id = $1",
    [owner.pocketGroupId],
  );
  const found = new Map(rows.map(({ phone_number, balance }) => [phone_number, balance]));
  for (const phoneNumber of new Set([...expected.keys(), ...found.keys()])) {
    const [wanted, there] = [expected.get(phoneNumber), found.get(phoneNumber)];
    if (wanted !== there)
      ledger.fail(`${phoneNumber} has the balance ${there}, but its entries sum to ${wanted}`);
  }
}

/** The acknowledged holds with the status that each must have, once all that expire have expired. */
async function closedHolds(ledger) {
  const holds = [...ledger.holds.values()];
  const expiries = holds.map(({ expiresAt }) => (expiresAt === null ? 0 : Date.parse(expiresAt)));
  await sleep(Math.max(0, ...expiries.map((expiry) => expiry - Date.now())));
  for (const { token, isCaptured, isReleased } of holds)
    if (isCaptured && isReleased) ledger.fail(`${token} was closed by a capture and released`);
  return new Map(
    holds.map(({ isCaptured, isReleased, expiresAt, ...hold }) => [
      hold.token,
      { ...hold, status: statusOf({ isCaptured, isReleased, expiresAt }) },
    ]),
  );
}

function statusOf({ isCaptured, isReleased, expiresAt }) {
  if (isCaptured) return "CAPTURED";
  if (isReleased) return "RELEASED";
  return expiresAt === null ? "OPEN" : "EXPIRED";
}

async function checkChargesThroughApi(stage) {
  const { ledger, owner, random } = stage;
  await checkListed(stage, CHARGES, ledger.charges);
  for (const known of random
    .of("traces")
    .shuffled([...ledger.charges.values()])
    .slice(0, TRACED_ALONE)) {
    const variables = { slug: owner.pocketGroupSlug, token: known.token };
    const { pocketCharge } = await stage.query(TRACE, variables);
    if (pocketCharge?.id !== known.id) ledger.fail(`${known.token} is not traced`);
  }
}

/** Verifies that the API lists each acknowledged record once, with the acknowledged values. */
async function checkListed(stage, query, acknowledged) {
  const { ledger } = stage;
  const found = await findByPages(stage, query, [...acknowledged.keys()]);
  const byToken = new Map(found.map((record) => [record.token, record]));
  if (found.length !== byToken.size) ledger.fail("a token is listed twice");
  for (const [token, known] of acknowledged) {
    const listed = byToken.get(token);
    const isSame = Object.entries(known).every(([name, value]) => listed?.[name] === value);
    if (!isSame) {
      ledger.fail(`acknowledged as ${JSON.stringify(known)}, listed as ${JSON.stringify(listed)}`);
    }
  }
}

async function checkPaymentsThroughApi(stage) {
  const { ledger, owner } = stage;
  for (const [kind, list] of Object.entries(LISTS)) {
    const known = [...ledger.payments.values()].filter((payment) => payment.kind === kind);
    const query = `query ($keys: [ID!]) { list: ${list} }`;
    const found = await findByPages(
      stage,
      query,
      known.map(({ id }) => id),
    );
    const byId = new Map(found.map((payment) => [payment.id, payment]));
    for (const payment of known) {
      const there = byId.get(payment.id);
      const moved = kind === "charge" ? payment.refundedInCents : payment.capturedInCents;
      const isSame =
        there !== undefined &&
        there.status === payment.status &&
        there.totalInCents === payment.totalInCents &&
        (there.moved ?? 0) === moved;
      if (isSame) continue;
      ledger.fail(`acknowledged as ${JSON.stringify(payment)}, listed as ${JSON.stringify(there)}`);
    }
  }
  const { order } = await stage.query("query ($id: ID!) { order(id: $id) { paidInCents } }", {
    id: owner.orderId,
  });
  const paid = paidFor(owner.orderId, ledger);
  if (order.paidInCents !== paid) {
    ledger.fail(
      `the order's paid amount is ${order.paidInCents}, but the acknowledged payments sum to ${paid}`,
    );
  }
}

/** The sum of the order's succeeded charges minus its succeeded refunds. */
function paidFor(orderId, { payments }) {
  return [...payments.values()]
    .filter((payment) => payment.orderId === orderId && payment.status === "SUCCEEDED")
    .reduce((sum, { kind, totalInCents }) => sum + (kind === "refund" ? -1 : 1) * totalInCents, 0);
}

async function findByPages(stage, query, keys) {
  const found = [];
  for (let first = 0; first < keys.length; first += PAGE) {
    const { list } = await stage.query(query, { keys: keys.slice(first, first + PAGE) });
    found.push(...list.nodes);
  }
  return found;
}
