import { UNIQUE_VIOLATION } from "../prisma/client.mjs";
import { isAboveMaximum, made, refuseCharge, refused } from "../rules.mjs";
import { prisma } from "./prisma.mjs";

const MAX_TRIES = 5;

/** Charges the pockets of one request in one transaction, at most once per token. */
export async function chargePockets({ merchantId }, slug, items) {
  const group = await prisma.pocketGroup.findFirst({
    where: { slug, isActive: true, grants: { some: { merchantId } } },
  });
  if (group === null) throw new Error(`The pocket group ${slug} cannot be charged by you.`);
  for (let tries = 1; ; tries++) {
    try {
      return await prisma.$transaction((tx) => chargeIn(tx, group, merchantId, items));
    } catch (error) {
      // A concurrent request has used one of the tokens. The retry finds and refuses it.
      if (error.code !== UNIQUE_VIOLATION || tries === MAX_TRIES) throw error;
    }
  }
}

async function chargeIn(tx, group, merchantId, items) {
  const refusals = await findRefusals(tx, group, items);
  const accepted = items.filter((_, at) => refusals[at] === null);
  if (accepted.length === 0) return items.map((item, at) => refused(item, refusals[at]));

  const balances = await addToPockets(tx, group.id, accepted);
  for (const balance of balances.values()) {
    if (isAboveMaximum(balance, group)) throw new Error("A pocket would hold too much.");
  }
  // From the last charge to the first, because the balances are those after all charges.
  const charges = accepted.toReversed().map(({ token, phoneNumber, amount }) => {
    const balanceAfter = balances.get(phoneNumber);
    balances.set(phoneNumber, balanceAfter - BigInt(amount));
    return { pocketGroupId: group.id, token, merchantId, phoneNumber, amount, balanceAfter };
  });
  const written = await tx.pocketCharge.createManyAndReturn({
    // In the order of their tokens, so that concurrent requests with the same tokens cannot deadlock.
    data: charges.sort((a, b) => (a.token < b.token ? -1 : 1)),
  });
  const byToken = new Map(written.map((charge) => [charge.token, charge]));
  return items.map((item, at) =>
    refusals[at] === null ? made(byToken.get(item.token)) : refused(item, refusals[at]),
  );
}

/** @returns {Promise<(string | null)[]>} for each item why it is refused, regardless of the balance. */
async function findRefusals(tx, group, items) {
  const refusals = items.map((item) => refuseCharge(item, group));
  const tokens = items.filter((_, at) => refusals[at] === null).map(({ token }) => token);
  const rows = await tx.pocketCharge.findMany({
    where: { pocketGroupId: group.id, token: { in: tokens } },
    select: { token: true },
  });
  const used = new Set(rows.map(({ token }) => token));
  return items.map(({ token }, at) => {
    if (refusals[at] !== null) return refusals[at];
    if (used.has(token)) return "The token is used.";
    used.add(token);
    return null;
  });
}

/**
 * Prisma can upsert only one record per statement, so this is SQL. It locks the pockets in the order of their
 * numbers, so that concurrent requests cannot deadlock.
 *
 * @returns {Promise<Map<string, bigint>>} the balances by phone number.
 */
async function addToPockets(tx, pocketGroupId, charges) {
  const phoneNumbers = charges.map(({ phoneNumber }) => phoneNumber);
  const amounts = charges.map(({ amount }) => amount);
  const rows = await tx.$queryRaw`
    insert into pockets as p (pocket_group_id, id, phone_number, balance)
    select ${pocketGroupId}::uuid, uuidv7(), c.phone_number, sum(c.amount)
    from unnest(${phoneNumbers}::text[], ${amounts}::bigint[]) as c(phone_number, amount)
    group by c.phone_number order by c.phone_number
    on conflict (pocket_group_id, phone_number)
    do update set balance = p.balance + excluded.balance, updated_at = statement_timestamp()
    returning p.phone_number as "phoneNumber", p.balance`;
  return new Map(rows.map(({ phoneNumber, balance }) => [phoneNumber, balance]));
}
