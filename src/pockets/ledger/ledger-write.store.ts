import { byKey } from "../../database/by-key.js";
import { execute } from "../../database/database.js";
import { isDivisionByZero } from "../../database/failure.js";
import { type Sql, join, sql } from "../../database/sql.js";
import { LastStatement, RestartTransaction, type Tx } from "../../database/transaction.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import { newId } from "../../shared/uuid.js";
import type { LedgerEntry } from "./ledger-entry.js";
import { type WrittenPocket, changesOf, metadataOf } from "./ledger-rows.store.js";
import type { PocketHold } from "./pocket-hold.js";
import type { Ledger, LedgerChanges } from "./ledger.js";

/**
 * Implements `LedgerStore.write` in one statement. Each step begins after the previous one has written all its rows. If
 * a step could not write all its rows, the statement fails with a division by zero, so that the commit sent right after
 * it commits nothing.
 */
export function write<T>(
  tx: Tx,
  pocketGroupId: string,
  ledger: Ledger,
  changes: LedgerChanges,
  result: T,
): Promise<T | LastStatement<T>> {
  const { created, updated, entries, newHolds, changedHolds, isPlain } = changesOf(ledger, changes);
  const { now, position } = ledger;
  const at = { now: sql`${now}::timestamptz`, position: sql`${position}::bigint` };
  const hasAllPockets = sql`(select count(*) from new_pockets) = ${created.length}::bigint`;
  const hasAllEntries = sql`(select count(*) from new_entries) = ${entries.length}::bigint`;
  const group = sql`${pocketGroupId}::uuid`;
  const insert = isPlain ? insertPlainEntries : insertEntries;
  const steps = [
    sql`new_pockets as (${insertPockets(group, created, at)})`,
    sql`new_entries as (${insert(group, entries, at, hasAllPockets)})`,
    sql`updated_pockets as (${(isPlain ? updateBalances : updatePockets)(group, updated, at, hasAllEntries)})`,
    ...(isPlain
      ? []
      : [
          sql`new_holds as (${insertHolds(group, newHolds, at, hasAllEntries)})`,
          sql`updated_holds as (${updateHolds(group, changedHolds, hasAllEntries)})`,
        ]),
  ];
  const statement = sql`
    with ${join(steps, ", ")}
    select 1 / (${hasAllPockets} and ${hasAllEntries})::int as whole`;
  const send = async (): Promise<T> => {
    try {
      await execute(tx, statement, isPlain ? "write_pocket_entries" : "write_pocket_ledger");
      return result;
    } catch (error) {
      if (!isDivisionByZero(error)) throw error;
      throw new RestartTransaction("another request has created a pocket or used a token");
    }
  };
  return Promise.resolve(new LastStatement(send));
}

/** The time and the position of the new rows. */
interface Place {
  readonly now: Sql;
  readonly position: Sql;
}

/** A new pocket may have holds, if a hold shares the transaction of its first charge. */
function insertPockets(
  group: Sql,
  created: readonly WrittenPocket[],
  { now, position }: Place,
): Sql {
  return sql`
    insert into pockets
      (pocket_group_id, id, phone_number, balance, held_amount, event_count, event_position, created_at, updated_at)
    select ${group}, p.id, p.phone_number, p.balance, p.held_amount, p.event_count, coalesce(${position}, 0),
           ${now}, ${now}
    from unnest(${created.map(newId)}::uuid[], ${numbersOf(created)}::text[], ${balancesOf(created)}::bigint[],
                ${heldAmountsOf(created)}::bigint[], ${eventCountsOf(created)}::integer[])
           as p(id, phone_number, balance, held_amount, event_count)
    order by p.phone_number
    on conflict (pocket_group_id, phone_number) do nothing
    returning id`;
}

/** Inserts charges and debits that have no texts. */
function insertPlainEntries(
  group: Sql,
  entries: readonly LedgerEntry[],
  { now, position }: Place,
  condition: Sql,
): Sql {
  return sql`
    insert into pocket_ledger
      (pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after, sequence, position,
       created_at)
    select ${group}, e.id, e.token, e.merchant_id, case when e.amount > 0 then 'CHARGE' else 'DEBIT' end,
           e.phone_number, e.amount, e.balance_after, e.sequence, coalesce(${position}, event_position()), ${now}
    from unnest(${valuesOf(entries, "id")}::uuid[], ${valuesOf(entries, "token")}::uuid[],
                ${valuesOf(entries, "merchantId")}::uuid[], ${valuesOf(entries, "phoneNumber")}::text[],
                ${valuesOf(entries, "amount")}::bigint[], ${valuesOf(entries, "balanceAfter")}::bigint[],
                ${valuesOf(entries, "sequence")}::integer[])
           as e(id, token, merchant_id, phone_number, amount, balance_after, sequence)
    where ${condition}
    order by e.token
    on conflict (pocket_group_id, token) do nothing
    returning id`;
}

function insertEntries(
  group: Sql,
  entries: readonly LedgerEntry[],
  { now, position }: Place,
  condition: Sql,
): Sql {
  return sql`
    insert into pocket_ledger
      (pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after,
       reversal_of_id, pocket_hold_id, reference, note, metadata, unique_reference, sequence, position, created_at)
    select ${group}, e.id, e.token, e.merchant_id, e.kind, e.phone_number, e.amount, e.balance_after,
           e.reversal_of_id, e.pocket_hold_id, e.reference, e.note, e.metadata, e.unique_reference,
           e.sequence, coalesce(${position}, event_position()), ${now}
    from unnest(${valuesOf(entries, "id")}::uuid[], ${valuesOf(entries, "token")}::uuid[],
                ${valuesOf(entries, "merchantId")}::uuid[], ${valuesOf(entries, "kind")}::text[],
                ${valuesOf(entries, "phoneNumber")}::text[], ${valuesOf(entries, "amount")}::bigint[],
                ${valuesOf(entries, "balanceAfter")}::bigint[], ${valuesOf(entries, "reversalOfId")}::uuid[],
                ${valuesOf(entries, "pocketHoldId")}::uuid[], ${valuesOf(entries, "reference")}::text[],
                ${valuesOf(entries, "note")}::text[], ${metadataOf(entries)}::jsonb[],
                ${valuesOf(entries, "uniqueReference")}::text[], ${valuesOf(entries, "sequence")}::integer[])
           as e(id, token, merchant_id, kind, phone_number, amount, balance_after, reversal_of_id,
                pocket_hold_id, reference, note, metadata, unique_reference, sequence)
    where ${condition}
    -- References that must be unique are locked before tokens, in their own order.
    order by e.unique_reference, e.token
    -- Another request may have used a token, or a reference that must be unique.
    on conflict do nothing
    returning id`;
}

/** Changes the balances of pockets whose holds stay as they are. */
function updateBalances(
  group: Sql,
  updated: readonly WrittenPocket[],
  { now, position }: Place,
  condition: Sql,
): Sql {
  return sql`
    update pockets p set balance = m.balance, ${eventsOf(position)}, updated_at = ${now}
    from unnest(${numbersOf(updated)}::text[], ${balancesOf(updated)}::bigint[], ${eventCountsOf(updated)}::integer[])
           as m(phone_number, balance, event_count)
    ${ofLockedPockets(group)} and ${condition}`;
}

function updatePockets(
  group: Sql,
  updated: readonly WrittenPocket[],
  { now, position }: Place,
  condition: Sql,
): Sql {
  return sql`
    update pockets p
    set balance = m.balance, held_amount = m.held_amount, ${eventsOf(position)}, updated_at = ${now}
    from unnest(${numbersOf(updated)}::text[], ${balancesOf(updated)}::bigint[], ${heldAmountsOf(updated)}::bigint[],
                ${eventCountsOf(updated)}::integer[]) as m(phone_number, balance, held_amount, event_count)
    ${ofLockedPockets(group)} and ${condition}`;
}

/** The number and the position of the last event. Sample data in the past has no position and keeps the earlier one. */
function eventsOf(position: Sql): Sql {
  return sql`event_count = m.event_count, event_position = coalesce(${position}, p.event_position)`;
}

/** The condition that finds the pockets \`m\` to update. */
function ofLockedPockets(group: Sql): Sql {
  const key = byKey(
    { column: "pocket_group_id", value: group },
    { column: "phone_number", value: sql`m.phone_number` },
  );
  return sql`
    -- The rows are locked, so their ctid cannot change.
    cross join lateral (select ctid from pockets where ${key}) as found
    where p.ctid = found.ctid`;
}

function insertHolds(
  group: Sql,
  holds: readonly PocketHold[],
  { now }: Place,
  condition: Sql,
): Sql {
  return sql`
    insert into pocket_holds
      (pocket_group_id, id, token, merchant_id, phone_number, amount, captured_amount, status, expires_at,
       reference, note, metadata, created_at, updated_at)
    select ${group}, h.id, h.token, h.merchant_id, h.phone_number, h.amount, 0, 'OPEN', h.expires_at,
           h.reference, h.note, h.metadata, ${now}, ${now}
    from unnest(${valuesOf(holds, "id")}::uuid[], ${valuesOf(holds, "token")}::uuid[],
                ${valuesOf(holds, "merchantId")}::uuid[], ${valuesOf(holds, "phoneNumber")}::text[],
                ${valuesOf(holds, "amount")}::bigint[], ${valuesOf(holds, "expiresAt")}::timestamptz[],
                ${valuesOf(holds, "reference")}::text[], ${valuesOf(holds, "note")}::text[],
                ${metadataOf(holds)}::jsonb[])
           as h(id, token, merchant_id, phone_number, amount, expires_at, reference, note, metadata)
    where ${condition}`;
}

function updateHolds(group: Sql, holds: readonly PocketHold[], condition: Sql): Sql {
  const key = byKey(
    { column: "pocket_group_id", value: group },
    { column: "id", value: sql`m.id` },
  );
  return sql`
    update pocket_holds h
    set captured_amount = m.captured_amount, status = m.status, closed_at = m.closed_at,
        updated_at = m.updated_at
    from unnest(${valuesOf(holds, "id")}::uuid[], ${valuesOf(holds, "capturedAmount")}::bigint[],
                ${valuesOf(holds, "status")}::text[], ${valuesOf(holds, "closedAt")}::timestamptz[],
                ${valuesOf(holds, "updatedAt")}::timestamptz[])
           as m(id, captured_amount, status, closed_at, updated_at)
    -- Holds change only under the lock of their pocket, so their ctid cannot change.
    cross join lateral (select ctid from pocket_holds where ${key}) as found
    where h.ctid = found.ctid and ${condition}`;
}

function numbersOf(pockets: readonly WrittenPocket[]): PhoneNumber[] {
  return pockets.map(([phoneNumber]) => phoneNumber);
}

function balancesOf(pockets: readonly WrittenPocket[]): number[] {
  return pockets.map(([, { balance }]) => balance);
}

function heldAmountsOf(pockets: readonly WrittenPocket[]): number[] {
  return pockets.map(([, { heldAmount }]) => heldAmount);
}

function eventCountsOf(pockets: readonly WrittenPocket[]): number[] {
  return pockets.map(([, { eventCount }]) => eventCount);
}

/** The values of a column, one for each row. */
function valuesOf<R, K extends keyof R>(rows: readonly R[], name: K): R[K][] {
  return rows.map((row) => row[name]);
}
