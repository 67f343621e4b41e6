import { uuidv7 } from "uuidv7";
import { isAboveMaximum, made, refuseCharge, refused } from "../rules.mjs";

const MAX_TRIES = 25;

/** Charges the pockets of one request in one transaction, at most once per token. */
export async function chargePockets(pool, { merchantId }, slug, items) {
  for (let tries = 1; ; tries++) {
    const connection = await pool.connect();
    try {
      await connection.query("begin");
      const results = await chargeIn(connection, merchantId, slug, items);
      await connection.query(results === null ? "rollback" : "commit");
      if (results !== null) return results;
      if (tries === MAX_TRIES) throw new Error("Too many requests for the same records.");
    } catch (error) {
      await connection.query("rollback").catch(() => undefined);
      throw error;
    } finally {
      connection.release();
    }
  }
}

/** @returns null if a concurrent request used a token or created a pocket, so that the caller retries. */
async function chargeIn(connection, merchantId, slug, items) {
  const group = await findGroup(connection, slug, merchantId);
  if (!group?.isActive) throw new Error(`The pocket group ${slug} cannot be charged by you.`);
  const balances = await lockPockets(connection, group.id, items);
  // After taking the locks, to see tokens used by the requests that held them.
  const used = await findUsedTokens(connection, group.id, items);

  const existing = new Set(balances.keys());
  const charges = [];
  const results = items.map((item) => {
    const { token, phoneNumber, amount } = item;
    if (used.has(token)) return refused(item, "The token is used.");
    const refusal = refuseCharge(item, group);
    if (refusal !== null) return refused(item, refusal);
    const balanceAfter = (balances.get(phoneNumber) ?? 0) + amount;
    if (isAboveMaximum(balanceAfter, group))
      return refused(item, "The pocket would hold too much.");
    balances.set(phoneNumber, balanceAfter);
    used.add(token);
    const charge = { id: uuidv7(), token, merchantId, phoneNumber, amount, balanceAfter };
    charges.push(charge);
    return made(charge);
  });
  if (charges.length === 0) return results;
  const touched = [...new Set(charges.map(({ phoneNumber }) => phoneNumber))];
  const opened = touched.filter((phoneNumber) => !existing.has(phoneNumber));
  const moved = touched.filter((phoneNumber) => existing.has(phoneNumber));
  const createdAt = await write(connection, group.id, charges, { opened, moved, balances });
  if (createdAt === null) return null;
  for (const charge of charges) charge.createdAt = createdAt;
  return results;
}

async function findGroup(connection, slug, merchantId) {
  const { rows } = await connection.query({
    name: "group",
    text: `select g.id, g.is_active as "isActive", g.min_charge_amount as "minChargeAmount",
                  g.max_charge_amount as "maxChargeAmount",
                  g.max_pocket_balance as "maxPocketBalance"
           from pocket_groups g
           join pocket_group_grants p on p.pocket_group_id = g.id and p.merchant_id = $2
           where g.slug = $1`,
    values: [slug, merchantId],
  });
  return rows[0];
}

async function lockPockets(connection, groupId, items) {
  const { rows } = await connection.query({
    name: "lock",
    text: `select phone_number as "phoneNumber", balance from pockets
           where pocket_group_id = $1 and phone_number = any($2::text[])
           order by phone_number for no key update`,
    values: [groupId, [...new Set(items.map(({ phoneNumber }) => phoneNumber))]],
  });
  return new Map(rows.map(({ phoneNumber, balance }) => [phoneNumber, balance]));
}

async function findUsedTokens(connection, groupId, items) {
  const { rows } = await connection.query({
    name: "tokens",
    text: `select token::text from pocket_ledger
           where pocket_group_id = $1 and token = any($2::uuid[])`,
    values: [groupId, items.map(({ token }) => token)],
  });
  return new Set(rows.map(({ token }) => token));
}

/** @returns when the charges were made; null if not all of them could be written. */
async function write(connection, groupId, charges, { opened, moved, balances }) {
  const balancesOf = (phoneNumbers) => phoneNumbers.map((number) => balances.get(number));
  const { rows } = await connection.query({
    name: "write",
    text: `
      with opened as (
        insert into pockets (pocket_group_id, id, phone_number, balance)
        select $1, p.* from unnest($2::uuid[], $3::text[], $4::bigint[]) as p(id, phone_number, balance)
        order by p.phone_number
        on conflict (pocket_group_id, phone_number) do nothing
        returning id
      ), made as (
        insert into pocket_ledger
          (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
        select $1, c.*, statement_timestamp()
        from unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::bigint[], $10::bigint[])
          as c(id, token, merchant_id, phone_number, amount, balance_after)
        where (select count(*) from opened) = cardinality($2::uuid[])
        order by c.token
        on conflict (pocket_group_id, token) do nothing
        returning id
      ), moved as (
        update pockets p set balance = m.balance, updated_at = statement_timestamp()
        from unnest($11::text[], $12::bigint[]) as m(phone_number, balance)
        where p.pocket_group_id = $1 and p.phone_number = m.phone_number
      )
      select statement_timestamp() as "createdAt", (select count(*) from made) as count`,
    values: [
      groupId,
      opened.map(() => uuidv7()),
      opened,
      balancesOf(opened),
      charges.map(({ id }) => id),
      charges.map(({ token }) => token),
      charges.map(({ merchantId }) => merchantId),
      charges.map(({ phoneNumber }) => phoneNumber),
      charges.map(({ amount }) => amount),
      charges.map(({ balanceAfter }) => balanceAfter),
      moved,
      balancesOf(moved),
    ],
  });
  const [{ createdAt, count }] = rows;
  return count === charges.length ? createdAt : null;
}
