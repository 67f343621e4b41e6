import { matchesKeys } from "../../database/by-key.js";
import { execute, readRows } from "../../database/database.js";
import { type Sql, join, sql } from "../../database/sql.js";
import { RestartTransaction, type Tx, waitForAll } from "../../database/transaction.js";
import { assert, present } from "../../shared/assert.js";
import type { Instant } from "../../shared/instant.js";
import { newId } from "../../shared/uuid.js";
import type { Wanted } from "./item.js";
import type { LedgerEntry } from "./ledger-entry.js";
import {
  CLOCK,
  ENTRY_COLUMNS,
  HOLD_COLUMNS,
  LEDGER_ENTRY,
  LOCKED_POCKET,
  POCKET_HOLD,
  REVERSED,
  USED_REFERENCE,
  type WrittenPocket,
  changesOf,
  isHeld,
  lockedPockets,
  reversedAmounts,
  timeAfter,
} from "./ledger-rows.store.js";
import type { PocketHold } from "./pocket-hold.js";
import type { Ledger, LedgerChanges } from "./ledger.js";

/** Implements `LedgerStore.lookUp`. The statements are sent together and run one after the other. */
export async function lookUp(
  tx: Tx,
  pocketGroupId: string,
  { phoneNumbers, tokens, reversedTokens, references, needsHolds }: Wanted,
): Promise<Ledger> {
  const group = { column: "pocket_group_id", value: sql`${pocketGroupId}::uuid` };
  const numbersAre = { column: "phone_number", type: "text", values: phoneNumbers } as const;
  const tokensAre = { column: "token", type: "uuid", values: tokens } as const;
  const reversedAre = { column: "token", type: "uuid", values: reversedTokens } as const;
  const holdsOf = () =>
    readRows(
      tx,
      POCKET_HOLD,
      sql`select ${HOLD_COLUMNS} from pocket_holds
          where pocket_group_id = ${group.value}
            and (token = any(${tokens}::uuid[])
                 or status = 'OPEN' and phone_number = any(${phoneNumbers}::text[])
                    and expires_at <= statement_timestamp())`,
      "find_pocket_holds",
    );
  const [locked, entries, holds, reversed, usedReferences, [clock]] = await waitForAll(
    readRows(
      tx,
      LOCKED_POCKET,
      sql`select phone_number as "phoneNumber", balance, held_amount as "heldAmount",
                 freeze_scope as "freezeScope",
                 updated_at >= clock_timestamp() as "isAhead"
          from pockets
          where ${matchesKeys([group], [numbersAre])} order by phone_number for no key update`,
      "lock_pockets",
    ),
    // After the locks, as on a single PostgreSQL server.
    readRows(
      tx,
      LEDGER_ENTRY,
      sql`select ${ENTRY_COLUMNS} from pocket_ledger where ${matchesKeys([group], [tokensAre])}`,
      "find_ledger_entries_by_tokens",
    ),
    needsHolds === "ALWAYS" ? holdsOf() : [],
    reversedTokens.length === 0
      ? []
      : readRows(
          tx,
          REVERSED,
          sql`select r.reversal_of_id as id, sum(abs(r.amount))::bigint as amount from pocket_ledger r
              where r.pocket_group_id = ${group.value} and r.reversal_of_id in (
                select id from pocket_ledger where ${matchesKeys([group], [reversedAre])})
              group by r.reversal_of_id`,
          "sum_pocket_reversals",
        ),
    references.length === 0
      ? []
      : readRows(
          tx,
          USED_REFERENCE,
          sql`select merchant_id as "merchantId", unique_reference as reference from pocket_ledger
              where pocket_group_id = ${group.value}
                and (merchant_id, unique_reference) in (
                  select * from unnest(${references.map(({ merchantId }) => merchantId)}::uuid[],
                                       ${references.map(({ reference }) => reference)}::text[]))`,
          "find_used_references",
        ),
    readRows(tx, CLOCK, sql`select statement_timestamp() as now`),
  );
  return {
    ...{ pockets: lockedPockets(locked), entries },
    holds: needsHolds === "IF_HELD" && locked.some(isHeld) ? await holdsOf() : holds,
    reversedAmounts: reversedAmounts(reversed),
    usedReferences,
    now: await timeAfter(tx, pocketGroupId, locked, present(clock, "the time").now),
  };
}

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
    created.length === 0 ? 0 : insertPockets(tx, group, created, now),
    newHolds.length === 0 ? 0 : insertHolds(tx, group, newHolds, now),
    entries.length === 0 ? 0 : insertEntries(tx, group, entries, now),
    updated.length === 0 ? 0 : updatePockets(tx, group, updated, now),
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
  now: Instant,
): Promise<number> {
  const rows = created.toSorted(byFirst).map(
    ([
      number,
      { balance, heldAmount },
    ]) => sql`(${group}, ${newId()}::uuid, ${number}, ${balance}::bigint,
        ${heldAmount}::bigint, ${now}::timestamptz, ${now}::timestamptz)`,
  );
  return execute(
    tx,
    sql`insert into pockets
          (pocket_group_id, id, phone_number, balance, held_amount, created_at, updated_at)
        values ${join(rows, ", ")}
        on conflict (pocket_group_id, phone_number) do nothing`,
  );
}

/** Inserts in the order of unique references and then of tokens, which is the order of locks. */
function insertEntries(
  tx: Tx,
  group: Sql,
  entries: readonly LedgerEntry[],
  now: Instant,
): Promise<number> {
  const rows = entries
    .toSorted((a, b) => byFirst([lockKeyOf(a)], [lockKeyOf(b)]))
    .map(
      (
        one,
      ) => sql`(${group}, ${one.id}::uuid, ${one.token}::uuid, ${one.merchantId}::uuid, ${one.kind},
        ${one.phoneNumber}, ${one.amount}::bigint, ${one.balanceAfter}::bigint,
        ${one.reversalOfId}::uuid, ${one.pocketHoldId}::uuid, ${one.reference}, ${one.note},
        ${JSON.stringify(one.metadata)}::jsonb, ${one.uniqueReference}, ${now}::timestamptz)`,
    );
  return execute(
    tx,
    sql`insert into pocket_ledger
          (pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after,
           reversal_of_id, pocket_hold_id, reference, note, metadata, unique_reference, created_at)
        values ${join(rows, ", ")}
        on conflict do nothing`,
  );
}

function updatePockets(
  tx: Tx,
  group: Sql,
  updated: readonly WrittenPocket[],
  now: Instant,
): Promise<number> {
  return execute(
    tx,
    sql`update pockets p
        set balance = m.balance, held_amount = m.held_amount, updated_at = ${now}::timestamptz
        from unnest(${updated.map(([number]) => number)}::text[],
                    ${updated.map(([, { balance }]) => balance)}::bigint[],
                    ${updated.map(([, { heldAmount }]) => heldAmount)}::bigint[])
               as m(phone_number, balance, held_amount)
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
