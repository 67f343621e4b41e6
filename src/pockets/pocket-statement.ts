import { valuesOf } from "../shared/enumeration.js";
import type { Instant } from "../shared/instant.js";
import { PocketEntryKind } from "./ledger/ledger-entry.record.js";

/** A pocket and the half-open interval of its statement. */
export interface StatementKey {
  readonly pocketGroupId: string;
  readonly phoneNumber: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** A part of a statement, as it is read: a balance, or the sum of the entries of one kind. */
export interface StatementPart {
  readonly part: PocketEntryKind | "OPENING" | "CLOSING";
  /** Whether the caller may see the entries. */
  readonly isVisible: boolean;
  readonly count: number;
  /** An exact integer of any size. */
  readonly sum: string;
}

/** The entries of one kind in a statement. */
export interface StatementTotal {
  readonly kind: PocketEntryKind;
  readonly count: number;
  readonly sum: string;
}

/** The amounts of a statement. */
export interface StatementAmounts {
  readonly openingBalance: number;
  readonly closingBalance: number;
  readonly totals: readonly StatementTotal[];
  readonly otherMerchantsSum: string;
}

/** A pocket that has no entry before a time has a balance of 0. */
export function statementOf(parts: readonly StatementPart[]): StatementAmounts {
  const balance = (wanted: "OPENING" | "CLOSING"): number =>
    Number(parts.find(({ part }) => part === wanted)?.sum ?? 0);
  const totals = valuesOf(PocketEntryKind).flatMap((kind) => {
    const total = parts.find(({ part, isVisible }) => part === kind && isVisible);
    return total === undefined ? [] : [{ kind, count: total.count, sum: total.sum }];
  });
  const others = parts.filter(({ isVisible }) => !isVisible);
  return {
    openingBalance: balance("OPENING"),
    closingBalance: balance("CLOSING"),
    totals,
    otherMerchantsSum: others.reduce((sum, one) => sum + BigInt(one.sum), 0n).toString(),
  };
}
