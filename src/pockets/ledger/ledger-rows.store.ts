import { type RowIn, type RowType, column, rowOf } from "../../database/row.js";
import { type Sql, alias, identifier, join, sql } from "../../database/sql.js";
import { columnName } from "../../records/record.js";
import { type Metadata, NO_METADATA } from "../../shared/merchant-data.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import { LEDGER_ENTRY, type LedgerEntry } from "./ledger-entry.record.js";
import type { PocketFreeze } from "./pocket-freeze.js";
import { POCKET_HOLD, type PocketHold } from "./ledger-hold.record.js";
import type { Ledger, LedgerChanges, LockedPocket, PocketAmounts } from "./settlement.js";

/* The rows of the ledger's tables, on one server and on a Citus cluster alike. */

export const LEDGER = identifier("pocket_ledger");
export const POCKET_HOLDS = identifier("pocket_holds");
export const ENTRY_COLUMNS = selected(LEDGER, LEDGER_ENTRY);
export const HOLD_COLUMNS = selected(POCKET_HOLDS, POCKET_HOLD);

export const LOCKED_POCKET = rowOf({
  phoneNumber: column.text<PhoneNumber>(),
  balance: column.bigint(),
  heldAmount: column.bigint(),
  freezeScope: column.text<PocketFreeze>(),
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
    ...{ entries, newHolds, changedHolds },
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

/** The values of a column, one for each row. */
export function valuesOf<R, K extends keyof R>(rows: readonly R[], name: K): R[K][] {
  return rows.map((row) => row[name]);
}
