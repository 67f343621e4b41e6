import type { Instant } from "../../shared/instant.js";
import { NO_METADATA } from "../../shared/merchant-data.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import { type UuidV7, newId } from "../../shared/uuid.js";
import type { LedgerEntry, LedgerKind } from "./ledger-entry.js";
import type { PocketFreeze } from "./pocket-freeze.js";

/** A pocket during settlement. */
export interface OpenPocket {
  readonly balance: number;
  /** What its open holds reserve. */
  readonly heldAmount: number;
  readonly freezeScope: PocketFreeze;
  /** The number of its events so far. */
  readonly eventCount: number;
}

/** The merchant and the token of an item. */
export interface Author {
  readonly merchantId: string;
  readonly token: UuidV7;
}

export const NEW_POCKET: OpenPocket = {
  balance: 0,
  heldAmount: 0,
  freezeScope: "NONE",
  eventCount: 0,
};

/** The effect of a row on the balance, and what else differs from the default. */
export type NewAmount = Pick<LedgerEntry, "amount"> & Partial<LedgerEntry>;

/** What the new rows of a transaction share. */
interface Shared {
  readonly pocketGroupId: string;
  readonly now: Instant;
  /** Whether the rows are events. */
  readonly hasEvents: boolean;
}

/** A new row of a pocket. Every charge makes one: a literal costs a third of one that spreads others. */
export function newLedgerRow(
  { pocketGroupId, now, hasEvents }: Shared,
  { merchantId, token }: Author,
  kind: LedgerKind,
  phoneNumber: PhoneNumber,
  { balance, eventCount }: OpenPocket,
  of: NewAmount,
): LedgerEntry {
  return {
    pocketGroupId,
    merchantId,
    id: newId(),
    token,
    kind,
    phoneNumber,
    amount: of.amount,
    balanceAfter: balance + of.amount,
    reversalOfId: of.reversalOfId ?? null,
    pocketHoldId: of.pocketHoldId ?? null,
    reference: of.reference ?? null,
    note: of.note ?? null,
    metadata: of.metadata ?? NO_METADATA,
    uniqueReference: of.uniqueReference ?? null,
    sequence: hasEvents ? eventCount + 1 : null,
    createdAt: now,
  };
}

/** The pocket after its new row. */
export function pocketAfter(
  { heldAmount, freezeScope, eventCount }: OpenPocket,
  { balanceAfter: balance, sequence }: LedgerEntry,
): OpenPocket {
  return { balance, heldAmount, freezeScope, eventCount: sequence ?? eventCount };
}

/** What can be spent from a pocket. */
export function availableIn({ balance, heldAmount }: OpenPocket): number {
  return balance - heldAmount;
}
