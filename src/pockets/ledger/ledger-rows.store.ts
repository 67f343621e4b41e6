import { readRows } from "../../database/database.js";
import { type RowIn, type RowType, column, rowOf } from "../../database/row.js";
import { type Sql, alias, identifier, join, sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import { columnName } from "../../records/record.js";
import { present } from "../../shared/assert.js";
import type { Instant } from "../../shared/instant.js";
import { type Metadata, NO_METADATA } from "../../shared/merchant-data.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { UuidV7 } from "../../shared/uuid.js";
import type { Ledger, LedgerChanges, LockedPocket, PocketAmounts } from "./ledger.js";
import type { LedgerEntry, LedgerKind } from "./ledger-entry.js";
import type { PocketFreeze } from "./pocket-freeze.js";
import type { PocketHold, PocketHoldStatus } from "./pocket-hold.js";

/* The rows of the ledger's tables, on one server and on a Citus cluster alike. */

/** Whether a look-up locks the pockets. */
export type PocketLocks = "LOCKED" | "UNLOCKED";

export const FOR: Readonly<Record<PocketLocks, Sql>> = {
  LOCKED: sql`for no key update`,
  UNLOCKED: sql``,
};
export const STATEMENT_NAMES: Readonly<Record<PocketLocks, string>> = {
  LOCKED: "lock_pockets",
  UNLOCKED: "read_pockets",
};

/** The rows of `pocket_ledger`. */
export const LEDGER_ENTRY: RowType<LedgerEntry> = rowOf({
  pocketGroupId: column.uuid(),
  merchantId: column.uuid(),
  id: column.uuid<UuidV7>(),
  token: column.uuid<UuidV7>(),
  kind: column.text<LedgerKind>(),
  phoneNumber: column.text<PhoneNumber>(),
  amount: column.bigint(),
  balanceAfter: column.bigint(),
  reversalOfId: column.nullable(column.uuid<UuidV7>()),
  pocketHoldId: column.nullable(column.uuid<UuidV7>()),
  reference: column.nullable(column.text()),
  note: column.nullable(column.text()),
  metadata: column.json<Metadata>(),
  uniqueReference: column.nullable(column.text()),
  sequence: column.nullable(column.integer()),
  createdAt: column.timestamp(),
});

/** The rows of `pocket_holds`. */
export const POCKET_HOLD: RowType<PocketHold> = rowOf({
  pocketGroupId: column.uuid(),
  merchantId: column.uuid(),
  id: column.uuid<UuidV7>(),
  token: column.uuid<UuidV7>(),
  phoneNumber: column.text<PhoneNumber>(),
  amount: column.bigint(),
  capturedAmount: column.bigint(),
  status: column.text<PocketHoldStatus>(),
  expiresAt: column.nullable(column.timestamp()),
  closedAt: column.nullable(column.timestamp()),
  reference: column.nullable(column.text()),
  note: column.nullable(column.text()),
  metadata: column.json<Metadata>(),
  createdAt: column.timestamp(),
  updatedAt: column.timestamp(),
});

export const LEDGER = identifier("pocket_ledger");
export const POCKET_HOLDS = identifier("pocket_holds");
export const ENTRY_COLUMNS = selected(LEDGER, LEDGER_ENTRY);
export const HOLD_COLUMNS = selected(POCKET_HOLDS, POCKET_HOLD);

export const LOCKED_POCKET = rowOf({
  phoneNumber: column.text<PhoneNumber>(),
  balance: column.bigint(),
  heldAmount: column.bigint(),
  freezeScope: column.text<PocketFreeze>(),
  eventCount: column.integer(),
  /** The position of its last event. */
  eventPosition: column.bigint(),
  /** Whether the pocket has changed at a later time than now, because the database's clock has gone back. */
  isAhead: column.boolean(),
});
export const USED_REFERENCE = rowOf({ merchantId: column.uuid(), reference: column.text() });
export const REVERSED = rowOf({ id: column.uuid(), amount: column.bigint() });

/** The select list of a row type, whose columns are named like the table's. */
function selected(table: Sql, { columns }: RowType<unknown>): Sql {
  const each = Object.keys(columns).map(
    (name) => sql`${table}.${columnName(name)} as ${alias(name)}`,
  );
  return join(each, ", ");
}

export const CLOCK = rowOf({ now: column.timestamp() });

/** The time, and the position of events of this transaction. */
export const PLACE_COLUMNS = { now: column.timestamp(), position: column.bigint() };
export const PLACE = rowOf(PLACE_COLUMNS);

/** The position of new events of locked pockets: at least that of their earlier events. */
export function positionAfter(
  locked: readonly RowIn<typeof LOCKED_POCKET>[],
  position: number,
): number {
  return locked.reduce((last, { eventPosition }) => Math.max(last, eventPosition), position);
}

/**
 * The time of new entries, after the earlier ones of their locked pockets.
 *
 * @param now the time by the database's clock.
 */
export async function timeAfter(
  tx: Tx,
  pocketGroupId: string,
  locked: readonly RowIn<typeof LOCKED_POCKET>[],
  now: Instant,
): Promise<Instant> {
  const ahead = locked.filter(({ isAhead }) => isAhead).map(({ phoneNumber }) => phoneNumber);
  if (ahead.length === 0) return now;
  const rows = await readRows(
    tx,
    CLOCK,
    sql`select max(updated_at) + interval '1 microsecond' as now from pockets
        where pocket_group_id = ${pocketGroupId}::uuid and phone_number = any(${ahead}::text[])`,
  );
  return present(rows[0], "the time of a pocket").now;
}

export function isHeld({ heldAmount }: RowIn<typeof LOCKED_POCKET>): boolean {
  return heldAmount > 0;
}

export function lockedPockets(
  rows: readonly RowIn<typeof LOCKED_POCKET>[],
): Map<PhoneNumber, LockedPocket> {
  return new Map(rows.map(({ phoneNumber, ...pocket }) => [phoneNumber, pocket]));
}

export function reversedAmounts(rows: readonly RowIn<typeof REVERSED>[]): Map<string, number> {
  return new Map(rows.map(({ id, amount }) => [id, amount]));
}

/** A pocket to write: its phone number and its new amounts. */
export type WrittenPocket = readonly [phoneNumber: PhoneNumber, amounts: PocketAmounts];

/** The rows to write. */
export interface WrittenRows {
  readonly created: readonly WrittenPocket[];
  readonly updated: readonly WrittenPocket[];
  readonly entries: readonly LedgerEntry[];
  readonly newHolds: readonly PocketHold[];
  readonly changedHolds: readonly PocketHold[];
  /** Whether there are only charges and debits without texts and holds, the most frequent case. */
  readonly isPlain: boolean;
}

export function changesOf({ pockets }: Ledger, changes: LedgerChanges): WrittenRows {
  const { newEntries: entries, newHolds, changedHolds } = changes;
  const written = [...changes.changedPockets];
  return {
    created: written.filter(([phoneNumber]) => !pockets.has(phoneNumber)),
    updated: written.filter(([phoneNumber]) => pockets.has(phoneNumber)),
    entries,
    newHolds,
    changedHolds,
    isPlain: newHolds.length === 0 && changedHolds.length === 0 && entries.every(isPlain),
  };
}

function isPlain({ kind, reference, note, metadata, pocketHoldId }: LedgerEntry): boolean {
  const isMovement = kind === "CHARGE" || kind === "DEBIT";
  const hasTexts = reference !== null || note !== null || metadata !== NO_METADATA;
  return isMovement && !hasTexts && pocketHoldId === null;
}

/** The metadata of entries or holds, as JSON. */
export function metadataOf(rows: readonly { readonly metadata: Metadata }[]): string[] {
  return rows.map(({ metadata }) => JSON.stringify(metadata));
}
