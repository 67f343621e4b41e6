import { execute } from "../../database/database.js";
import { type Sql, join, sql } from "../../database/sql.js";
import { RestartTransaction, type Tx, waitForAll } from "../../database/transaction.js";
import { assert } from "../../shared/assert.js";
import type { Instant } from "../../shared/instant.js";
import { newId } from "../../shared/uuid.js";
import type { LedgerEntry } from "./ledger-entry.js";
import { type WrittenPocket, changesOf } from "./ledger-rows.store.js";
import type { PocketHold } from "./pocket-hold.js";
import type { Ledger, LedgerChanges } from "./ledger.js";

/**
 * Implements `LedgerStore.write` in separate statements, each of which Citus forwards unchanged to the group's node. A
 * single statement with several writing parts would send rows between all nodes and need a two-phase commit. The
 * written rows are counted here, before the commit is sent.
 */
export async function write<T>(
  tx: Tx,
  pocketGroupId: string,
  ledger: Ledger,
  changes: LedgerChanges,
  result: T,
): Promise<T> {
  const { created, updated, entries, newHolds, changedHolds } = changesOf(ledger, changes);
  const { now } = ledger;
  const group = sql`${pocketGroupId}::uuid`;
  const [pocketCount, holdCount, entryCount, updatedCount, changedCount] = await waitForAll(
    created.length === 0 ? 0 : insertPockets(tx, group, created, ledger),
    newHolds.length === 0 ? 0 : insertHolds(tx, group, newHolds, now),
    entries.length === 0 ? 0 : insertEntries(tx, group, entries, ledger),
    updated.length === 0 ? 0 : updatePockets(tx, group, updated, ledger),
    changedHolds.length === 0 ? 0 : updateHolds(tx, group, changedHolds),
  );
  if (pocketCount < created.length || entryCount < entries.length || holdCount < newHolds.length) {
    throw new RestartTransaction("another request has created a pocket or used a token");
  }
  assert(updatedCount === updated.length, "a locked pocket does not exist");
  assert(changedCount === changedHolds.length, "a hold of a locked pocket does not exist");
  return result;
}

/** Inserts in the order of phone numbers, which is the order of locks. */
function insertPockets(
  tx: Tx,
  group: Sql,
  created: readonly WrittenPocket[],
  { now, position }: Ledger,
): Promise<number> {
  const rows = created.toSorted(byFirst).map(
    ([
      number,
      { balance, heldAmount, eventCount },
    ]) => sql`(${group}, ${newId()}::uuid, ${number}, ${balance}::bigint,
        ${heldAmount}::bigint, ${eventCount}::integer, ${position ?? 0}::bigint, ${now}::timestamptz, ${now}::timestamptz)`,
  );
  return execute(
    tx,
    sql`insert into pockets
          (pocket_group_id, id, phone_number, balance, held_amount, event_count, event_position, created_at,
           updated_at)
        values ${join(rows, ", ")}
        on conflict (pocket_group_id, phone_number) do nothing`,
  );
}

/** Inserts in the order of unique references and then of tokens, which is the order of locks. */
function insertEntries(
  tx: Tx,
  group: Sql,
  entries: readonly LedgerEntry[],
  { now, position }: Ledger,
): Promise<number> {
  const rows = entries
    .toSorted((a, b) => byFirst([lockKeyOf(a)], [lockKeyOf(b)]))
    .map(
      (
        one,
      ) => sql`(${group}, ${one.id}::uuid, ${one.token}::uuid, ${one.merchantId}::uuid, ${one.kind},
        ${one.phoneNumber}, ${one.amount}::bigint, ${one.balanceAfter}::bigint,
        ${one.reversalOfId}::uuid, ${one.pocketHoldId}::uuid, ${one.reference}, ${one.note},
        ${JSON.stringify(one.metadata)}::jsonb, ${one.uniqueReference},
        ${one.sequence}::integer, coalesce(${position}::bigint, event_position()), ${now}::timestamptz)`,
    );
  return execute(
    tx,
    sql`insert into pocket_ledger
          (pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after,
           reversal_of_id, pocket_hold_id, reference, note, metadata, unique_reference, sequence, position,
           created_at)
        values ${join(rows, ", ")}
        on conflict do nothing`,
  );
}

function updatePockets(
  tx: Tx,
  group: Sql,
  updated: readonly WrittenPocket[],
  { now, position }: Ledger,
): Promise<number> {
  return execute(
    tx,
    sql`update pockets p
        set balance = m.balance, held_amount = m.held_amount, event_count = m.event_count,
            event_position = coalesce(${position}::bigint, p.event_position), updated_at = ${now}::timestamptz
        from unnest(${updated.map(([number]) => number)}::text[],
                    ${updated.map(([, { balance }]) => balance)}::bigint[],
                    ${updated.map(([, { heldAmount }]) => heldAmount)}::bigint[],
                    ${updated.map(([, { eventCount }]) => eventCount)}::integer[])
               as m(phone_number, balance, held_amount, event_count)
        where p.pocket_group_id = ${group} and p.phone_number = m.phone_number`,
  );
}

function insertHolds(
  tx: Tx,
  group: Sql,
  holds: readonly PocketHold[],
  now: Instant,
): Promise<number> {
  const rows = holds.map(
    (
      one,
    ) => sql`(${group}, ${one.id}::uuid, ${one.token}::uuid, ${one.merchantId}::uuid, ${one.phoneNumber},
        ${one.amount}::bigint, 0, 'OPEN', ${one.expiresAt}::timestamptz, ${one.reference}, ${one.note},
        ${JSON.stringify(one.metadata)}::jsonb, ${now}::timestamptz, ${now}::timestamptz)`,
  );
  return execute(
    tx,
    sql`insert into pocket_holds
          (pocket_group_id, id, token, merchant_id, phone_number, amount, captured_amount, status,
           expires_at, reference, note, metadata, created_at, updated_at)
        values ${join(rows, ", ")}
        on conflict (pocket_group_id, token) do nothing`,
  );
}

function updateHolds(tx: Tx, group: Sql, holds: readonly PocketHold[]): Promise<number> {
  return execute(
    tx,
    sql`update pocket_holds h
        set captured_amount = m.captured_amount, status = m.status, closed_at = m.closed_at,
            updated_at = m.updated_at
        from unnest(${holds.map(({ id }) => id)}::uuid[],
                    ${holds.map(({ capturedAmount }) => capturedAmount)}::bigint[],
                    ${holds.map(({ status }) => status)}::text[],
                    ${holds.map(({ closedAt }) => closedAt)}::timestamptz[],
                    ${holds.map(({ updatedAt }) => updatedAt)}::timestamptz[])
               as m(id, captured_amount, status, closed_at, updated_at)
        where h.pocket_group_id = ${group} and h.id = m.id`,
  );
}

/** Entries without a unique reference come last. */
function lockKeyOf({ uniqueReference, token }: LedgerEntry): string {
  return uniqueReference === null ? `1 ${token}` : `0 ${uniqueReference} ${token}`;
}

type Keyed = readonly [string, ...unknown[]];
function byFirst([a]: Keyed, [b]: Keyed): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
