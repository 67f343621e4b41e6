import { isAboveMaximum, made, refuseCharge, refused } from "../rules.mjs";
import { prisma } from "./prisma.mjs";

const MAX_TRIES = 5;

/** A concurrent request has used one of the tokens. The retry finds and refuses it. */
class LostRace extends Error {}

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
      if (!(error instanceof LostRace) || tries === MAX_TRIES) throw error;
    }
  }
}

async function chargeIn(tx, group, merchantId, items) {
  const refusals = await findRefusals(tx, group, items);
  const accepted = items.filter((_, at) => refusals[at] === null);
  const written = accepted.length > 0 ? await write(tx, group.id, merchantId, accepted) : [];
  if (written.length !== accepted.length) throw new LostRace();
  if (written.some(({ balanceAfter }) => isAboveMaximum(balanceAfter, group))) {
    throw new Error("A pocket would hold too much.");
  }
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
 * SQL, because Prisma upserts one record per statement and spends much processor time on inserts of many. It
 * writes the pockets in the order of their numbers and the charges in the order of their tokens, so that
 * concurrent requests cannot deadlock.
 *
 * @returns {Promise<object[]>} the written charges: all except those with a used token.
 */
function write(tx, pocketGroupId, merchantId, charges) {
  const [tokens, phoneNumbers, amounts] = ["token", "phoneNumber", "amount"].map((field) =>
    charges.map((charge) => charge[field]),
  );
  return tx.$queryRaw`
    with items as (
      select * from unnest(${tokens}::uuid[], ${phoneNumbers}::text[], ${amounts}::bigint[])
        with ordinality as c(token, phone_number, amount, n)
    ), totals as (
      insert into pockets as p (pocket_group_id, id, phone_number, balance)
      select ${pocketGroupId}::uuid, uuidv7(), phone_number, sum(amount)
      from items group by phone_number order by phone_number
      on conflict (pocket_group_id, phone_number)
      do update set balance = p.balance + excluded.balance, updated_at = statement_timestamp()
      returning p.phone_number, p.balance
    )
    insert into pocket_ledger
      (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
    select ${pocketGroupId}::uuid, uuidv7(), token, ${merchantId}::uuid, phone_number, amount,
      -- The balance after all items, without those that follow.
      balance - coalesce(sum(amount) over (partition by phone_number order by n
        rows between 1 following and unbounded following), 0),
      statement_timestamp()
    from items join totals using (phone_number)
    order by token
    on conflict (pocket_group_id, token) do nothing
    returning pocket_group_id as "pocketGroupId", id, token, merchant_id as "merchantId",
      phone_number as "phoneNumber", amount, balance_after as "balanceAfter",
      created_at as "createdAt"`;
}
