import { type KeyPart, byKey, exactly, rowsByKeys } from "../../database/by-key.js";
import { readRows } from "../../database/database.js";
import { sql, unnest } from "../../database/sql.js";
import { type Tx, waitForAll } from "../../database/transaction.js";
import { present } from "../../shared/assert.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { UsedReference, Wanted } from "./item.js";
import {
  ENTRY_COLUMNS,
  FOR,
  HOLD_COLUMNS,
  LEDGER,
  LEDGER_ENTRY,
  LOCKED_POCKET,
  PLACE_COLUMNS,
  POCKET_HOLD,
  POCKET_HOLDS,
  type PocketLocks,
  REVERSED,
  STATEMENT_NAMES,
  USED_REFERENCE,
  isHeld,
  lockedPockets,
  positionAfter,
  reversedAmounts,
  timeAfter,
} from "./ledger-rows.store.js";
import type { PocketHold } from "./pocket-hold.js";
import type { Ledger } from "./ledger.js";

/*
 * The statements of the transaction that settles items of one group. Every condition starts with the group's id.
 *
 * Transactions lock in this order, so that they cannot deadlock: existing pockets by phone number, new pockets by phone
 * number, tokens by value. Holds and reversed amounts change only under the lock of their pocket.
 */

const FOUND = LEDGER_ENTRY.orMissing().with(PLACE_COLUMNS);

/** Implements `LedgerStore.lookUp`. The statements are sent together and run one after the other. */
export async function lookUp(
  tx: Tx,
  pocketGroupId: string,
  wanted: Wanted,
  locks: PocketLocks,
): Promise<Ledger> {
  const { phoneNumbers, tokens, reversedTokens, references, needsHolds } = wanted;
  const holdsOf = () => findHolds(tx, pocketGroupId, wanted);
  const [locked, found, holds, reversed, usedReferences] = await waitForAll(
    lockPockets(tx, pocketGroupId, phoneNumbers, locks),
    findByTokens(tx, pocketGroupId, tokens),
    needsHolds === "ALWAYS" ? holdsOf() : [],
    reversedTokens.length === 0 ? [] : sumReversals(tx, pocketGroupId, reversedTokens),
    references.length === 0 ? [] : findReferences(tx, pocketGroupId, references),
  );
  return {
    pockets: lockedPockets(locked),
    entries: found.entries,
    now: await timeAfter(tx, pocketGroupId, locked, found.now),
    position: positionAfter(locked, found.position),
    holds: needsHolds === "IF_HELD" && locked.some(isHeld) ? await holdsOf() : holds,
    reversedAmounts: reversedAmounts(reversed),
    usedReferences,
  };
}

function lockPockets(
  tx: Tx,
  pocketGroupId: string,
  phoneNumbers: readonly PhoneNumber[],
  locks: PocketLocks,
) {
  const key = byKey(groupIs(pocketGroupId), {
    column: "phone_number",
    value: sql`wanted.phone_number`,
  });
  return readRows(
    tx,
    LOCKED_POCKET,
    sql`select pockets.phone_number as "phoneNumber", pockets.balance,
               pockets.held_amount as "heldAmount", pockets.freeze_scope as "freezeScope",
               pockets.event_count as "eventCount", pockets.event_position as "eventPosition",
               pockets.updated_at >= clock_timestamp() as "isAhead"
        from (select phone_number from ${unnest(sql`${phoneNumbers}::text[]`)} as given(phone_number)
              order by phone_number) as wanted
        cross join lateral (
          select phone_number, balance, held_amount, freeze_scope, event_count, event_position, updated_at
          from pockets where ${key} ${FOR[locks]}
        ) as pockets`,
    STATEMENT_NAMES[locks],
  );
}

/**
 * A separate statement after the locks: a statement that waits for a lock keeps its earlier snapshot, and would miss an
 * entry that was committed during the wait. The returned time is also after the locks.
 */
async function findByTokens(
  tx: Tx,
  pocketGroupId: string,
  tokens: readonly string[],
): Promise<Pick<Ledger, "entries" | "now"> & { readonly position: number }> {
  const listed = { column: "token", type: "uuid", values: tokens } as const;
  const entries = rowsByKeys(LEDGER, [groupIs(pocketGroupId)], [listed]);
  const rows = await readRows(
    tx,
    FOUND,
    // Returns at least one row, for the time and the position.
    sql`select statement_timestamp() as now, event_position() as position, ${ENTRY_COLUMNS}
        from (select) as always left join (${entries}) on true`,
    "find_ledger_entries_by_tokens",
  );
  const { now, position } = present(rows[0], "the row of the time");
  const found = rows.map(({ now: _now, position: _position, ...entry }) => entry);
  return { now, position, entries: found.filter((entry) => LEDGER_ENTRY.isWhole(entry)) };
}

/** The holds with these tokens, and the holds of these pockets that have expired and are stored as open. */
function findHolds(
  tx: Tx,
  pocketGroupId: string,
  { tokens, phoneNumbers }: Wanted,
): Promise<PocketHold[]> {
  const listed = { column: "token", type: "uuid", values: tokens } as const;
  const byTokens = rowsByKeys(POCKET_HOLDS, [groupIs(pocketGroupId)], [listed]);
  return readRows(
    tx,
    POCKET_HOLD,
    sql`select ${HOLD_COLUMNS} from ${byTokens}
        union
        select ${HOLD_COLUMNS} from ${unnest(sql`${phoneNumbers}::text[]`)} as wanted(phone_number)
        cross join lateral (
          select * from pocket_holds
          where pocket_group_id = ${pocketGroupId}::uuid and status = 'OPEN'
            and ${exactly(sql`phone_number`, sql`wanted.phone_number`)}
            and expires_at <= statement_timestamp()
          order by phone_number
        ) as pocket_holds`,
    "find_pocket_holds",
  );
}

function sumReversals(tx: Tx, pocketGroupId: string, tokens: readonly string[]) {
  const listed = { column: "token", type: "uuid", values: tokens } as const;
  const entries = rowsByKeys(LEDGER, [groupIs(pocketGroupId)], [listed]);
  return readRows(
    tx,
    REVERSED,
    sql`select pocket_ledger.id, sum(abs(reversals.amount))::bigint as amount
        from ${entries}
        cross join lateral (
          select r.amount from pocket_ledger r
          where r.pocket_group_id = ${pocketGroupId}::uuid
            and ${exactly(sql`r.reversal_of_id`, sql`pocket_ledger.id`)}
          order by r.reversal_of_id
        ) as reversals
        group by pocket_ledger.id`,
    "sum_pocket_reversals",
  );
}

/** Which of the references a merchant has used where they must be unique. */
function findReferences(tx: Tx, pocketGroupId: string, references: readonly UsedReference[]) {
  const listed = [
    { column: "merchant_id", type: "uuid", values: valuesOf(references, "merchantId") },
    { column: "unique_reference", type: "text", values: valuesOf(references, "reference") },
  ] as const;
  return readRows(
    tx,
    USED_REFERENCE,
    sql`select pocket_ledger.merchant_id as "merchantId", pocket_ledger.unique_reference as reference
        from ${rowsByKeys(LEDGER, [groupIs(pocketGroupId)], listed)}`,
    "find_used_references",
  );
}

function groupIs(pocketGroupId: string): KeyPart {
  return { column: "pocket_group_id", value: sql`${pocketGroupId}::uuid` };
}

/** The values of a column, one for each row. */
function valuesOf<R, K extends keyof R>(rows: readonly R[], name: K): R[K][] {
  return rows.map((row) => row[name]);
}
