import { type KeyPart, byKey, rowsByKeys } from "../database/by-key.js";
import { execute, readRows } from "../database/database.js";
import { isDivisionByZero } from "../database/failure.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, sql } from "../database/sql.js";
import { LastStatement, RestartTransaction, type Tx, waitForAll } from "../database/transaction.js";
import { rowsOf } from "../records/record.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { PhoneNumber } from "../shared/phone-number.js";
import { newId } from "../shared/uuid.js";
import type { Ledger, LedgerChanges } from "./charge-settlement.js";
import { type PocketCharge, pocketChargeRecord } from "./pocket-charge.record.js";

/*
 * The statements of the transaction that charges pockets of one group. Every condition starts with the group's id.
 *
 * Transactions lock in this order, so that they cannot deadlock: existing pockets by phone number, new pockets by phone
 * number, tokens by value.
 */

const LOCKED_POCKET = rowOf({
  phoneNumber: column.text<PhoneNumber>(),
  balance: column.bigint(),
});
const CHARGE = rowsOf(pocketChargeRecord);
const FOUND = CHARGE.orMissing().with({ now: column.timestamp() });

/** Implements `PocketChargeStore.lookUp`. Two statements are sent together and run one after the other. */
export async function lookUp(
  tx: Tx,
  pocketGroupId: string,
  phoneNumbers: readonly PhoneNumber[],
  tokens: readonly string[],
): Promise<Ledger> {
  const [balances, found] = await waitForAll(
    lockPockets(tx, pocketGroupId, phoneNumbers),
    findByTokens(tx, pocketGroupId, tokens),
  );
  return { balances, ...found };
}

async function lockPockets(
  tx: Tx,
  pocketGroupId: string,
  phoneNumbers: readonly PhoneNumber[],
): Promise<Map<PhoneNumber, number>> {
  const key = byKey(groupIs(pocketGroupId), {
    column: "phone_number",
    value: sql`wanted.phone_number`,
  });
  const rows = await readRows(
    tx,
    LOCKED_POCKET,
    sql`select pockets.phone_number as "phoneNumber", pockets.balance
        from (select phone_number from unnest(${phoneNumbers}::text[]) as given(phone_number)
              order by phone_number) as wanted
        cross join lateral (
          select phone_number, balance from pockets where ${key} for no key update
        ) as pockets`,
    "lock_pockets",
  );
  return new Map(rows.map(({ phoneNumber, balance }) => [phoneNumber, balance]));
}

/**
 * A separate statement after the locks: a statement that waits for a lock keeps its earlier snapshot, and would miss a
 * charge that was committed during the wait. The returned time is also after the locks.
 */
async function findByTokens(
  tx: Tx,
  pocketGroupId: string,
  tokens: readonly string[],
): Promise<Pick<Ledger, "charges" | "now">> {
  const listed = { column: "token", type: "uuid", values: tokens } as const;
  const charges = rowsByKeys(pocketChargeRecord.table, [groupIs(pocketGroupId)], [listed]);
  const rows = await readRows(
    tx,
    FOUND,
    // Returns at least one row, for the time.
    sql`select statement_timestamp() as now, ${pocketChargeRecord.columns}
        from (select) as always left join (${charges}) on true`,
    "find_pocket_charges_by_tokens",
  );
  const { now } = present(rows[0], "the row of the time");
  const found = rows.map(({ now: _, ...charge }) => charge);
  return { now, charges: found.filter((charge) => CHARGE.isWhole(charge)) };
}

/**
 * Implements `PocketChargeStore.write` in one statement. Each step begins after the previous one has written all its
 * rows. If a step could not write all its rows, the statement fails with a division by zero, so that the commit sent
 * right after it commits nothing.
 */
export function write<T>(
  tx: Tx,
  pocketGroupId: string,
  { balances, now }: Ledger,
  { newCharges, newBalances }: LedgerChanges,
  result: T,
): Promise<T | LastStatement<T>> {
  const created = [...newBalances].filter(([phoneNumber]) => !balances.has(phoneNumber));
  const updated = [...newBalances].filter(([phoneNumber]) => balances.has(phoneNumber));
  const hasAllPockets = sql`(select count(*) from new_pockets) = ${created.length}::bigint`;
  const hasAllCharges = sql`(select count(*) from new_charges) = ${newCharges.length}::bigint`;
  const statement = sql`
    with new_pockets as (${insertPockets(pocketGroupId, created, now)}),
         new_charges as (${insertCharges(pocketGroupId, newCharges, now, hasAllPockets)}),
         updated_pockets as (${updateBalances(pocketGroupId, updated, now, hasAllCharges)})
    select 1 / (${hasAllPockets} and ${hasAllCharges})::int as whole`;
  const send = async (): Promise<T> => {
    try {
      await execute(tx, statement, "write_pocket_charges");
      return result;
    } catch (error) {
      if (!isDivisionByZero(error)) throw error;
      throw new RestartTransaction("another request has created a pocket or used a token");
    }
  };
  return Promise.resolve(new LastStatement(send));
}

type PocketBalance = readonly [phoneNumber: PhoneNumber, balance: number];

function insertPockets(
  pocketGroupId: string,
  created: readonly PocketBalance[],
  now: Instant,
): Sql {
  return sql`
    insert into pockets (pocket_group_id, id, phone_number, balance, created_at, updated_at)
    select ${pocketGroupId}::uuid, p.id, p.phone_number, p.balance, ${now}::timestamptz, ${now}::timestamptz
    from unnest(${created.map(newId)}::uuid[], ${created.map(([phoneNumber]) => phoneNumber)}::text[],
                ${created.map(([, balance]) => balance)}::bigint[]) as p(id, phone_number, balance)
    order by p.phone_number
    on conflict (pocket_group_id, phone_number) do nothing
    returning id`;
}

function insertCharges(
  pocketGroupId: string,
  charges: readonly PocketCharge[],
  now: Instant,
  condition: Sql,
): Sql {
  return sql`
    insert into pocket_charges
      (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
    select ${pocketGroupId}::uuid, c.id, c.token, c.merchant_id, c.phone_number, c.amount, c.balance_after,
           ${now}::timestamptz
    from unnest(${charges.map(({ id }) => id)}::uuid[], ${charges.map(({ token }) => token)}::uuid[],
                ${charges.map(({ merchantId }) => merchantId)}::uuid[],
                ${charges.map(({ phoneNumber }) => phoneNumber)}::text[],
                ${charges.map(({ amount }) => amount)}::bigint[],
                ${charges.map(({ balanceAfter }) => balanceAfter)}::bigint[])
           as c(id, token, merchant_id, phone_number, amount, balance_after)
    where ${condition}
    order by c.token
    on conflict (pocket_group_id, token) do nothing
    returning id`;
}

function updateBalances(
  pocketGroupId: string,
  updated: readonly PocketBalance[],
  now: Instant,
  condition: Sql,
): Sql {
  const key = byKey(groupIs(pocketGroupId), { column: "phone_number", value: sql`m.phone_number` });
  return sql`
    update pockets p set balance = m.balance, updated_at = ${now}::timestamptz
    from unnest(${updated.map(([phoneNumber]) => phoneNumber)}::text[],
                ${updated.map(([, balance]) => balance)}::bigint[]) as m(phone_number, balance)
    -- The rows are locked, so their ctid cannot change.
    cross join lateral (select ctid from pockets where ${key}) as found
    where p.ctid = found.ctid and ${condition}`;
}

function groupIs(pocketGroupId: string): KeyPart {
  return { column: "pocket_group_id", value: sql`${pocketGroupId}::uuid` };
}
