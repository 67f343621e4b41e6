import type { Instant } from "../../shared/instant.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import { type UuidV7, newId } from "../../shared/uuid.js";
import type { ItemData, UsedReference } from "./item.js";
import type { ItemSuccess } from "./item-result.js";
import type { Ledger, LedgerChanges, PocketAmounts } from "./ledger.js";
import type { LedgerEntry, LedgerKind } from "./ledger-entry.js";
import {
  type Author,
  type NewAmount,
  type OpenPocket,
  availableIn,
  newLedgerRow,
  pocketAfter,
} from "./ledger-row.js";
import type { PocketHold } from "./pocket-hold.js";

/** The ledger during settlement: what was looked up, with the changes of the items that were settled so far. */
export class OpenLedger implements LedgerChanges {
  readonly newEntries: LedgerEntry[] = [];
  readonly newHolds: PocketHold[] = [];
  readonly changedPockets = new Map<PhoneNumber, PocketAmounts>();
  readonly now: Instant;
  private readonly entriesByToken: Map<string, LedgerEntry>;
  private readonly entriesById: Map<string, LedgerEntry>;
  private readonly holdsByToken = new Map<string, PocketHold>();
  private readonly holdsById = new Map<string, PocketHold>();
  private readonly reversedAmounts: Map<string, number>;
  private readonly pockets = new Map<PhoneNumber, OpenPocket>();
  private readonly touchedHolds = new Set<string>();
  private readonly usedReferences: Set<string>;
  /** The holds that have expired and are still stored as open. */
  private readonly expired: readonly PocketHold[];
  /** The rows that report their expiry, to be added when their pocket changes. */
  private readonly expiries = new Map<PhoneNumber, LedgerEntry[]>();
  /** Whether new rows are events. */
  private readonly hasEvents: boolean;

  constructor(
    private readonly pocketGroupId: string,
    { entries, holds, reversedAmounts, usedReferences, pockets, now, position }: Ledger,
  ) {
    this.now = now;
    this.hasEvents = position !== null;
    this.usedReferences = new Set(usedReferences.map(keyOfReference));
    this.entriesByToken = new Map(entries.map((entry) => [entry.token, entry]));
    this.entriesById = new Map(entries.map((entry) => [entry.id, entry]));
    this.reversedAmounts = new Map(reversedAmounts);
    const current = holds.map((hold) => expiredBy(hold, now));
    for (const hold of current) this.keepHold(hold);
    this.expired = current.filter((hold, index) => hold !== holds[index]);
    for (const [phoneNumber, pocket] of pockets) this.pockets.set(phoneNumber, pocket);
    for (const hold of this.expired) this.expire(hold);
  }

  private expire({ phoneNumber, merchantId, id, amount, capturedAmount }: PocketHold): void {
    const pocket = this.pockets.get(phoneNumber);
    if (pocket === undefined) return;
    const left = { ...pocket, heldAmount: pocket.heldAmount - (amount - capturedAmount) };
    const by = { merchantId, token: newId() };
    const expiry = this.newRow(by, "HOLD_EXPIRY", phoneNumber, left, {
      amount: 0,
      pocketHoldId: id,
    });
    this.pockets.set(phoneNumber, pocketAfter(left, expiry));
    this.expiries.set(phoneNumber, [...(this.expiries.get(phoneNumber) ?? []), expiry]);
  }

  /** Expired holds are closed along with the next change of their pocket. */
  get changedHolds(): PocketHold[] {
    const expired = this.expired.filter(({ phoneNumber }) => this.changedPockets.has(phoneNumber));
    const touched = [...this.touchedHolds].flatMap((id) => this.holdsById.get(id) ?? []);
    return [...expired, ...touched];
  }

  pocketOf(phoneNumber: PhoneNumber | null): OpenPocket | undefined {
    return phoneNumber === null ? undefined : this.pockets.get(phoneNumber);
  }

  entryWith(token: UuidV7): LedgerEntry | undefined {
    return this.entriesByToken.get(token);
  }

  /** @param id the id of an entry that was looked up; null for none. */
  entryOf(id: string | null): LedgerEntry | undefined {
    return id === null ? undefined : this.entriesById.get(id);
  }

  /** @param id the id of a hold that was looked up; null for none. */
  holdOf(id: string | null): PocketHold | undefined {
    return id === null ? undefined : this.holdsById.get(id);
  }

  /** The hold with this token, if it is the merchant's. */
  ownHold(merchantId: string, token: UuidV7 | null): PocketHold | null {
    const hold = token === null ? undefined : this.holdsByToken.get(token);
    return hold?.merchantId === merchantId ? hold : null;
  }

  /** How much of an entry is left to reverse. */
  reversibleAmountOf({ id, amount }: LedgerEntry): number {
    return Math.abs(amount) - (this.reversedAmounts.get(id) ?? 0);
  }

  isReferenceUsed(used: UsedReference): boolean {
    return this.usedReferences.has(keyOfReference(used));
  }

  /** Changes every pocket that has an expired hold. */
  closeExpired(): void {
    for (const [phoneNumber, pocket] of this.pockets)
      if (this.expiries.has(phoneNumber)) this.keepPocket(phoneNumber, pocket);
  }

  /** Adds a row, and keeps its pocket with the new balance. */
  move(
    by: Author,
    kind: LedgerKind,
    phoneNumber: PhoneNumber,
    pocket: OpenPocket,
    of: NewAmount,
  ): ItemSuccess & { readonly entry: LedgerEntry } {
    const entry = this.newRow(by, kind, phoneNumber, pocket, of);
    const moved = pocketAfter(pocket, entry);
    this.keepPocket(phoneNumber, moved);
    this.entriesByToken.set(entry.token, entry);
    this.entriesById.set(entry.id, entry);
    this.newEntries.push(entry);
    return { status: "SUCCESS", entry, hold: null, available: availableIn(moved) };
  }

  private newRow(
    by: Author,
    kind: LedgerKind,
    phoneNumber: PhoneNumber,
    pocket: OpenPocket,
    of: NewAmount,
  ): LedgerEntry {
    const { pocketGroupId, now, hasEvents } = this;
    return newLedgerRow({ pocketGroupId, now, hasEvents }, by, kind, phoneNumber, pocket, of);
  }

  /** Adds the reversal of an entry. */
  reverse(
    by: Author,
    original: LedgerEntry,
    pocket: OpenPocket,
    amount: number,
    note: string | null,
  ): ItemSuccess {
    const reversed = (this.reversedAmounts.get(original.id) ?? 0) + amount;
    this.reversedAmounts.set(original.id, reversed);
    return this.move(by, "REVERSAL", original.phoneNumber, pocket, {
      amount: original.kind === "CHARGE" ? -amount : amount,
      reversalOfId: original.id,
      note,
    });
  }

  /** Adds an entry with the merchant's texts. A unique reference cannot be used by later items. */
  moveWith(
    by: Author,
    kind: LedgerKind,
    phoneNumber: PhoneNumber,
    pocket: OpenPocket,
    { amount, reference, note, metadata, isUnique }: MovedData,
  ): ItemSuccess & { readonly entry: LedgerEntry } {
    const { merchantId } = by;
    const uniqueReference = isUnique ? reference : null;
    if (uniqueReference !== null)
      this.usedReferences.add(keyOfReference({ merchantId, reference: uniqueReference }));
    return this.move(by, kind, phoneNumber, pocket, {
      ...{ amount, reference, note, metadata, uniqueReference },
    });
  }

  /** Adds a hold that was made by an entry. */
  addHold(
    { pocketGroupId, merchantId, id, token, phoneNumber, reference, note, metadata }: LedgerEntry,
    { amount, expiresAt }: Pick<PocketHold, "amount" | "expiresAt">,
  ): PocketHold {
    const { now } = this;
    const hold: PocketHold = {
      ...{ pocketGroupId, merchantId, id, token, phoneNumber, amount, capturedAmount: 0 },
      ...{ status: "OPEN", reference, note, metadata, expiresAt, closedAt: null },
      ...{ createdAt: now, updatedAt: now },
    };
    this.keepHold(hold);
    this.newHolds.push(hold);
    return hold;
  }

  /** Keeps a pocket to be written. Its holds that have expired are closed before. */
  private keepPocket(phoneNumber: PhoneNumber, pocket: OpenPocket): void {
    const due = this.expiries.size > 0 ? this.expiries.get(phoneNumber) : undefined;
    if (due !== undefined) {
      this.newEntries.push(...due);
      this.expiries.delete(phoneNumber);
    }
    this.pockets.set(phoneNumber, pocket);
    this.changedPockets.set(phoneNumber, pocket);
  }

  private keepHold(hold: PocketHold): void {
    this.holdsByToken.set(hold.token, hold);
    this.holdsById.set(hold.id, hold);
  }

  /** Keeps a hold that the merchant has changed, to be written. */
  changeHold(changed: PocketHold): PocketHold {
    const hold = { ...changed, updatedAt: this.now };
    this.keepHold(hold);
    this.touchedHolds.add(hold.id);
    return hold;
  }
}

/** The amount and the texts of a new entry. */
interface MovedData extends Pick<ItemData, "reference" | "note" | "metadata"> {
  /** The effect on the balance. */
  readonly amount: number;
  /** Whether its merchant can use the reference only once. */
  readonly isUnique: boolean;
}

/** The hold as it is at a time: expired if it is open and its time has come. */
function expiredBy(hold: PocketHold, now: Instant): PocketHold {
  const { status, expiresAt } = hold;
  if (status !== "OPEN" || expiresAt === null || expiresAt > now) return hold;
  return { ...hold, status: "EXPIRED", closedAt: expiresAt };
}

function keyOfReference({ merchantId, reference }: UsedReference): string {
  return `${merchantId} ${reference}`;
}
