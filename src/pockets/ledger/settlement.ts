import { MAX_AMOUNT } from "../../shared/amount.js";
import { unreachable } from "../../shared/assert.js";
import type { Instant } from "../../shared/instant.js";
import { NO_METADATA } from "../../shared/merchant-data.js";
import { type PhoneNumber, isWrittenAs } from "../../shared/phone-number.js";
import { type UuidV7, newId } from "../../shared/uuid.js";
import {
  type CaptureItem,
  type ChargeItem,
  type DebitItem,
  type GroupLimits,
  type HoldItem,
  type ItemErrorCode,
  type ItemRequest,
  type LedgerItem,
  type ReleaseItem,
  type ReversalItem,
  type UsedReference,
  isPositive,
  refuseChargeAmount,
  refuseDebitAmount,
} from "./item.js";
import type { LedgerEntry, LedgerKind } from "./ledger-entry.record.js";
import type { PocketPeriodLimitKind } from "./period-limit.js";
import type { PeriodUsage } from "./period-usage.js";
import { type PocketFreeze, freezesCredits, freezesDebits } from "./pocket-freeze.js";
import { type PocketHold, heldBy } from "./ledger-hold.record.js";

/** The outcome of one item. */
export type ItemResult = ItemSuccess | ItemRefusal;

export interface ItemSuccess {
  readonly status: "SUCCESS";
  /** The entry that was made; null for a release. */
  readonly entry: LedgerEntry | null;
  /** The hold that was made or changed. */
  readonly hold: PocketHold | null;
  /** What can be spent from the pocket after the item. */
  readonly available: number;
}

export interface ItemRefusal {
  readonly status: "ERROR";
  readonly code: ItemErrorCode;
  /** The entry that used the token, if it is the same merchant's. */
  readonly earlier: LedgerEntry | null;
  /** The hold that the item made before or refers to, if it is the same merchant's. */
  readonly hold: PocketHold | null;
  /** What can be spent from the pocket, if the item reached it. */
  readonly available: number | null;
  /** What is left of the entry or hold that the item refers to. */
  readonly remaining: number | null;
  /** What is wrong with the texts of the item, in words. */
  readonly problem: string | null;
  /** When a limit over time that refused the item gives something back; null if it was not such a limit. */
  readonly resetsAt: Instant | null;
  /** The region in which the phone number was read. */
  readonly phoneNumberRegion: string | null;
}

/** A pocket that the transaction has locked. */
export interface LockedPocket {
  readonly balance: number;
  /** The stored sum of its holds, which includes holds that have expired since it was written. */
  readonly heldAmount: number;
  readonly freezeScope: PocketFreeze;
}

/** The state that the items are settled against. Its pockets are locked. */
export interface Ledger {
  /** The entries that already used one of the items' tokens, or that the items refer to. */
  readonly entries: readonly LedgerEntry[];
  /** The holds with one of these tokens, and the holds of the items' pockets that are not closed. */
  readonly holds: readonly PocketHold[];
  /** How much of an entry was taken back, by its id. Entries that were not reversed are missing. */
  readonly reversedAmounts: ReadonlyMap<string, number>;
  /** The references of the items that were used before, where they must be unique. */
  readonly usedReferences: readonly UsedReference[];
  /** The items' pockets. Pockets that do not exist yet are missing. */
  readonly pockets: ReadonlyMap<PhoneNumber, LockedPocket>;
  /** A time after the locks were taken, so that a pocket's entries are in the same order by time and by balance. */
  readonly now: Instant;
}

/** What settling adds to the ledger and changes in it. */
export interface LedgerChanges {
  readonly newEntries: readonly LedgerEntry[];
  readonly newHolds: readonly PocketHold[];
  /** The holds that were captured or released, or have expired. */
  readonly changedHolds: readonly PocketHold[];
  /** The pockets with another balance or other holds, including new pockets. */
  readonly changedPockets: ReadonlyMap<PhoneNumber, PocketAmounts>;
}

export interface PocketAmounts {
  readonly balance: number;
  readonly heldAmount: number;
}

/** A pocket during settlement. */
interface OpenPocket {
  readonly balance: number;
  /** What its open holds reserve. */
  readonly heldAmount: number;
  readonly freezeScope: PocketFreeze;
}

/** What a refusal tells besides its code. */
type Details = Partial<Omit<ItemRefusal, "status" | "code">>;

/**
 * Settles the items of requests one after the other, as if each were its own request. A used token takes precedence
 * over every other error: a client that retries an item must learn that it succeeded, even if it would be refused now.
 * A refused item has no effect, and its token stays unused.
 */
export class Settlement implements LedgerChanges {
  readonly newEntries: LedgerEntry[] = [];
  readonly newHolds: PocketHold[] = [];
  readonly changedPockets = new Map<PhoneNumber, PocketAmounts>();
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
  private readonly now: Instant;

  constructor(
    private readonly pocketGroupId: string,
    private readonly limits: GroupLimits,
    private readonly usage: PeriodUsage,
    { entries, holds, reversedAmounts, usedReferences, pockets, now }: Ledger,
  ) {
    this.now = now;
    this.usedReferences = new Set(usedReferences.map(keyOfReference));
    this.entriesByToken = new Map(entries.map((entry) => [entry.token, entry]));
    this.entriesById = new Map(entries.map((entry) => [entry.id, entry]));
    this.reversedAmounts = new Map(reversedAmounts);
    const current = holds.map((hold) => expiredBy(hold, now));
    for (const hold of current) this.keepHold(hold);
    this.expired = current.filter((hold, index) => hold !== holds[index]);
    for (const [phoneNumber, pocket] of pockets) this.pockets.set(phoneNumber, pocket);
    for (const { phoneNumber, amount, capturedAmount } of this.expired) {
      const pocket = this.pockets.get(phoneNumber);
      const heldAmount = (pocket?.heldAmount ?? 0) - (amount - capturedAmount);
      if (pocket !== undefined) this.pockets.set(phoneNumber, { ...pocket, heldAmount });
    }
  }

  /** Expired holds are closed along with the next change of their pocket. */
  get changedHolds(): PocketHold[] {
    const expired = this.expired.filter(({ phoneNumber }) => this.changedPockets.has(phoneNumber));
    const touched = [...this.touchedHolds].flatMap((id) => this.holdsById.get(id) ?? []);
    return [...expired, ...touched];
  }

  /** Whether there is anything to write. */
  get hasChanges(): boolean {
    return this.changedPockets.size > 0;
  }

  /** @returns one result for each item of a request, in the same order. */
  settle({ merchantId, items }: ItemRequest): ItemResult[] {
    return items.map((item) => this.settleItem(merchantId, item));
  }

  private settleItem(merchantId: string, item: LedgerItem): ItemResult {
    if (item.kind === "RELEASE") return this.release(merchantId, item);
    const { token } = item;
    if (token === null) return this.refuse("INVALID_TOKEN");
    const earlier = this.entriesByToken.get(token);
    if (earlier !== undefined) return this.refuseUsedToken(earlier, merchantId, item);
    const by = { merchantId, token };
    switch (item.kind) {
      case "CHARGE":
        return this.charge(by, item);
      case "DEBIT":
        return this.debit(by, item);
      case "REVERSAL":
        return this.reverse(by, item);
      case "HOLD":
        return this.hold(by, item);
      case "CAPTURE":
        return this.capture(by, item);
      default:
        return unreachable(item);
    }
  }

  private charge(by: Author, item: ChargeItem): ItemResult {
    const { phoneNumber, amount } = item;
    if (phoneNumber === null) return this.refuse("INVALID_PHONE_NUMBER");
    const refusal = refuseChargeAmount(amount, this.limits);
    if (refusal !== null) return this.refuse(refusal);
    const invalid = this.refuseData(by, item);
    if (invalid !== null) return invalid;
    const pocket = this.pockets.get(phoneNumber) ?? NEW_POCKET;
    if (freezesCredits(pocket.freezeScope)) return this.refuse("POCKET_FROZEN");
    // Do not compute balance + amount: the sum may exceed the exact integers.
    if (amount > (this.limits.maxPocketBalance ?? MAX_AMOUNT) - pocket.balance)
      return this.refuse("ABOVE_MAX_POCKET_BALANCE");
    const above = this.refuseAbovePeriod("CHARGE", phoneNumber, amount);
    if (above !== null) return above;
    return this.move(by, "CHARGE", phoneNumber, pocket, { amount, ...this.dataOf(by, item) });
  }

  private debit(by: Author, item: DebitItem): ItemResult {
    const spending = this.spending(by, item);
    if ("status" in spending) return spending;
    const { phoneNumber, pocket } = spending;
    const above = this.refuseAbovePeriod("DEBIT", phoneNumber, item.amount);
    if (above !== null) return { ...above, available: availableIn(pocket) };
    return this.move(by, "DEBIT", phoneNumber, pocket, {
      amount: -item.amount,
      ...this.dataOf(by, item),
    });
  }

  private hold(by: Author, item: HoldItem): ItemResult {
    const { amount, expiresAt } = item;
    const spending = this.spending(by, item);
    if ("status" in spending) return spending;
    if (expiresAt !== null && expiresAt <= this.now) return this.refuse("INVALID_EXPIRY");
    const { phoneNumber, pocket } = spending;
    const above = this.refuseAbovePeriod("DEBIT", phoneNumber, amount);
    if (above !== null) return { ...above, available: availableIn(pocket) };
    const heldAmount = pocket.heldAmount + amount;
    const data = this.dataOf(by, item);
    const made = this.move(
      by,
      "HOLD",
      phoneNumber,
      { ...pocket, heldAmount },
      { amount: 0, ...data },
    );
    const { pocketGroupId, now } = this;
    const { id } = made.entry;
    const hold: PocketHold = {
      ...{ pocketGroupId, ...by, id, phoneNumber, amount, capturedAmount: 0, status: "OPEN" },
      ...{ reference: item.reference, note: item.note, metadata: item.metadata },
      ...{ expiresAt, closedAt: null, createdAt: now, updatedAt: now },
    };
    this.keepHold(hold);
    this.newHolds.push(hold);
    return { ...made, hold };
  }

  /** The pocket of a debit or a hold, which must be able to pay it. */
  private spending(
    by: Author,
    item: DebitItem | HoldItem,
  ): ItemRefusal | { readonly phoneNumber: PhoneNumber; readonly pocket: OpenPocket } {
    const { phoneNumber, amount } = item;
    if (phoneNumber === null) return this.refuse("INVALID_PHONE_NUMBER");
    const refusal = refuseDebitAmount(amount, this.limits);
    if (refusal !== null) return this.refuse(refusal);
    const invalid = this.refuseData(by, item);
    if (invalid !== null) return invalid;
    const pocket = this.pockets.get(phoneNumber);
    if (pocket === undefined) return this.refuse("POCKET_NOT_FOUND");
    return this.refuseTaking(pocket, amount) ?? { phoneNumber, pocket };
  }

  /** Refuses texts that cannot be stored, and a reference that was used before where that is not allowed. */
  private refuseData(
    { merchantId }: Author,
    { problem, reference }: ChargeItem | DebitItem | HoldItem,
  ): ItemRefusal | null {
    if (problem !== null) return this.refuse("INVALID_TEXT", { problem });
    if (reference === null || !this.limits.hasUniqueReferences) return null;
    const isUsed = this.usedReferences.has(keyOfReference({ merchantId, reference }));
    return isUsed ? this.refuse("REFERENCE_TAKEN") : null;
  }

  /** Refuses an item that a limit over time does not allow; otherwise counts it, so nothing else may refuse it. */
  private refuseAbovePeriod(
    kind: PocketPeriodLimitKind,
    phoneNumber: PhoneNumber,
    amount: number,
  ): ItemRefusal | null {
    const refusal = this.usage.take(kind, phoneNumber, amount);
    return refusal === null ? null : this.refuse("ABOVE_PERIOD_LIMIT", refusal);
  }

  /** Refuses to take an amount out of a pocket that is frozen or has too little. */
  private refuseTaking(pocket: OpenPocket, amount: number): ItemRefusal | null {
    const available = availableIn(pocket);
    if (freezesDebits(pocket.freezeScope)) return this.refuse("POCKET_FROZEN", { available });
    return amount > available ? this.refuse("INSUFFICIENT_FUNDS", { available }) : null;
  }

  private reverse(by: Author, item: ReversalItem): ItemResult {
    const { ofToken, phoneNumber } = item;
    if (item.amount !== null && !isPositive(item.amount)) return this.refuse("INVALID_AMOUNT");
    if (item.problem !== null) return this.refuse("INVALID_TEXT", { problem: item.problem });
    if (ofToken === null) return this.refuse("ENTRY_NOT_FOUND");
    const original = this.entriesByToken.get(ofToken);
    const pocket = phoneNumber === null ? undefined : this.pockets.get(phoneNumber);
    if (original?.merchantId !== by.merchantId || original.kind === "HOLD")
      return this.refuse("ENTRY_NOT_FOUND");
    if (original.kind !== "CHARGE" && original.kind !== "DEBIT")
      return this.refuse("NOT_REVERSIBLE");
    // If its pocket is not locked, the entry was made after its pocket was looked up.
    if (pocket === undefined || original.phoneNumber !== phoneNumber)
      return this.refuse("ENTRY_NOT_FOUND");
    const remaining = Math.abs(original.amount) - (this.reversedAmounts.get(original.id) ?? 0);
    if (remaining === 0) return this.refuse("ALREADY_REVERSED", { remaining });
    if (this.isOld(original)) return this.refuse("REVERSAL_WINDOW_ENDED", { remaining });
    const amount = item.amount ?? remaining;
    if (amount > remaining) return this.refuse("ABOVE_REVERSIBLE_AMOUNT", { remaining });
    const isTaking = original.kind === "CHARGE";
    const refusal = isTaking
      ? this.refuseTaking(pocket, amount)
      : this.refuseAdding(pocket, amount);
    if (refusal !== null) return { ...refusal, remaining };
    this.reversedAmounts.set(original.id, Math.abs(original.amount) - remaining + amount);
    return this.move(by, "REVERSAL", original.phoneNumber, pocket, {
      amount: isTaking ? -amount : amount,
      reversalOfId: original.id,
      note: item.note,
    });
  }

  /** Refuses to give an amount back to a pocket that is frozen or full. */
  private refuseAdding(pocket: OpenPocket, amount: number): ItemRefusal | null {
    if (freezesCredits(pocket.freezeScope)) return this.refuse("POCKET_FROZEN");
    return amount > MAX_AMOUNT - pocket.balance ? this.refuse("ABOVE_MAX_POCKET_BALANCE") : null;
  }

  private isOld({ createdAt }: LedgerEntry): boolean {
    const { reversalWindowHours: hours } = this.limits;
    return hours !== null && Date.parse(this.now) - Date.parse(createdAt) > hours * HOUR_MS;
  }

  private capture(by: Author, item: CaptureItem): ItemResult {
    if (item.amount !== null && !isPositive(item.amount)) {
      const hold = this.ownHold(by.merchantId, item.holdToken);
      return this.refuse("INVALID_AMOUNT", { hold });
    }
    const found = this.openHold(by.merchantId, item);
    if ("status" in found) return found;
    const { hold, pocket } = found;
    const remaining = heldBy(hold);
    const amount = item.amount ?? remaining;
    if (amount > remaining) return this.refuse("ABOVE_HELD_AMOUNT", { hold, remaining });
    if (freezesDebits(pocket.freezeScope)) return this.refuse("POCKET_FROZEN", { hold });
    const capturedAmount = hold.capturedAmount + amount;
    const isClosed = item.isFinal || amount === remaining;
    const heldAmount = pocket.heldAmount - (isClosed ? remaining : amount);
    const made = this.move(
      by,
      "DEBIT",
      hold.phoneNumber,
      { ...pocket, heldAmount },
      {
        amount: -amount,
        pocketHoldId: hold.id,
        ...{ reference: hold.reference, note: hold.note, metadata: hold.metadata },
      },
    );
    if (isClosed) this.usage.giveBack({ ...hold, capturedAmount }, remaining - amount);
    const closed = isClosed ? ({ status: "CAPTURED", closedAt: this.now } as const) : {};
    return { ...made, hold: this.changeHold({ ...hold, capturedAmount, ...closed }) };
  }

  private release(merchantId: string, item: ReleaseItem): ItemResult {
    const found = this.openHold(merchantId, item);
    if ("status" in found) return found;
    const { hold, pocket } = found;
    const left = { ...pocket, heldAmount: pocket.heldAmount - heldBy(hold) };
    this.keepPocket(hold.phoneNumber, left);
    this.usage.giveBack(hold, heldBy(hold));
    const released = this.changeHold({ ...hold, status: "RELEASED", closedAt: this.now });
    return { status: "SUCCESS", entry: null, hold: released, available: availableIn(left) };
  }

  /** The hold that an item refers to, which must be the merchant's and open, and its pocket. */
  private openHold(
    merchantId: string,
    { holdToken, phoneNumber }: CaptureItem | ReleaseItem,
  ): ItemRefusal | { readonly hold: PocketHold; readonly pocket: OpenPocket } {
    const hold = this.ownHold(merchantId, holdToken);
    const pocket = phoneNumber === null ? undefined : this.pockets.get(phoneNumber);
    // If its pocket is not locked, the hold was made after its pocket was looked up.
    if (hold === null || pocket === undefined || hold.phoneNumber !== phoneNumber)
      return this.refuse("HOLD_NOT_FOUND");
    if (hold.status === "EXPIRED") return this.refuse("HOLD_EXPIRED", { hold });
    if (hold.status !== "OPEN") return this.refuse("HOLD_CLOSED", { hold });
    return { hold, pocket };
  }

  /** The hold with this token, if it is the merchant's. */
  private ownHold(merchantId: string, token: UuidV7 | null): PocketHold | null {
    const hold = token === null ? undefined : this.holdsByToken.get(token);
    return hold?.merchantId === merchantId ? hold : null;
  }

  private refuseUsedToken(
    earlier: LedgerEntry,
    merchantId: string,
    item: Exclude<LedgerItem, ReleaseItem>,
  ): ItemRefusal {
    const code = this.isRepeated(item, earlier) ? "DUPLICATE_TOKEN" : "TOKEN_CONFLICT";
    if (earlier.merchantId !== merchantId) return this.refuse(code);
    const hold = this.ownHold(merchantId, holdTokenOf(item));
    return this.refuse(code, { earlier, hold });
  }

  /** Whether an item asks for what its token was used for. */
  private isRepeated(item: Exclude<LedgerItem, ReleaseItem>, earlier: LedgerEntry): boolean {
    const { kind, amount, pocketHoldId, reversalOfId } = earlier;
    switch (item.kind) {
      case "CHARGE":
        return kind === "CHARGE" && isSameNumber(item, earlier) && item.amount === amount;
      case "DEBIT":
        return (
          kind === "DEBIT" &&
          pocketHoldId === null &&
          isSameNumber(item, earlier) &&
          item.amount === -amount
        );
      case "HOLD":
        return (
          kind === "HOLD" &&
          isSameNumber(item, earlier) &&
          item.amount === this.holdsById.get(earlier.id)?.amount
        );
      case "REVERSAL": {
        const original = reversalOfId === null ? undefined : this.entriesById.get(reversalOfId);
        return original?.token === item.ofToken && isSameAmount(item.amount, amount);
      }
      case "CAPTURE": {
        const hold = pocketHoldId === null ? undefined : this.holdsById.get(pocketHoldId);
        return hold?.token === item.holdToken && isSameAmount(item.amount, amount);
      }
      default:
        return unreachable(item);
    }
  }

  /** Adds an entry, and keeps its pocket with the new balance. */
  private move(
    by: Author,
    kind: LedgerKind,
    phoneNumber: PhoneNumber,
    pocket: OpenPocket,
    of: Pick<LedgerEntry, "amount"> & Partial<LedgerEntry>,
  ): ItemSuccess & { readonly entry: LedgerEntry } {
    const { pocketGroupId, now: createdAt } = this;
    const balance = pocket.balance + of.amount;
    const entry: LedgerEntry = {
      ...{ pocketGroupId, ...by, id: newId(), kind, phoneNumber, balanceAfter: balance },
      ...{ reversalOfId: null, pocketHoldId: null, reference: null, note: null, createdAt },
      ...{ metadata: NO_METADATA, uniqueReference: null },
      ...of,
    };
    const moved = { ...pocket, balance };
    this.keepPocket(phoneNumber, moved);
    this.entriesByToken.set(entry.token, entry);
    this.entriesById.set(entry.id, entry);
    this.newEntries.push(entry);
    return { status: "SUCCESS", entry, hold: null, available: availableIn(moved) };
  }

  /** The texts of a new entry. Keeps its reference, so that later items cannot use it where it must be unique. */
  private dataOf({ merchantId }: Author, item: ChargeItem | DebitItem | HoldItem) {
    const { reference, note, metadata } = item;
    if (reference === null || !this.limits.hasUniqueReferences)
      return { reference, note, metadata };
    this.usedReferences.add(keyOfReference({ merchantId, reference }));
    return { reference, note, metadata, uniqueReference: reference };
  }

  private keepPocket(phoneNumber: PhoneNumber, pocket: OpenPocket): void {
    this.pockets.set(phoneNumber, pocket);
    this.changedPockets.set(phoneNumber, pocket);
  }

  private keepHold(hold: PocketHold): void {
    this.holdsByToken.set(hold.token, hold);
    this.holdsById.set(hold.id, hold);
  }

  private changeHold(changed: PocketHold): PocketHold {
    const hold = { ...changed, updatedAt: this.now };
    this.keepHold(hold);
    this.touchedHolds.add(hold.id);
    return hold;
  }

  private refuse(code: ItemErrorCode, details: Details = {}): ItemRefusal {
    const { phoneNumberRegion } = this.limits;
    return {
      ...{ status: "ERROR", code, earlier: null, hold: null, available: null, remaining: null },
      problem: null,
      resetsAt: null,
      ...{ phoneNumberRegion, ...details },
    };
  }
}

/** The merchant and the token of an item. */
interface Author {
  readonly merchantId: string;
  readonly token: UuidV7;
}

const NEW_POCKET: OpenPocket = { balance: 0, heldAmount: 0, freezeScope: "NONE" };
const HOUR_MS = 60 * 60 * 1_000;

function availableIn({ balance, heldAmount }: OpenPocket): number {
  return balance - heldAmount;
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

function isSameNumber(
  { phoneNumber, writtenPhoneNumber }: ChargeItem | DebitItem | HoldItem,
  earlier: LedgerEntry,
): boolean {
  // The entry may be older than the group's region, in which this number has another meaning or none.
  return (
    earlier.phoneNumber === phoneNumber || isWrittenAs(earlier.phoneNumber, writtenPhoneNumber)
  );
}

/** The token of the hold that an item makes or captures. */
function holdTokenOf(item: LedgerItem): UuidV7 | null {
  if (item.kind === "HOLD") return item.token;
  return item.kind === "CAPTURE" ? item.holdToken : null;
}

/** Whether an item that may leave its amount to the server asks for an entry with this effect. */
function isSameAmount(asked: number | null, effect: number): boolean {
  return asked === null || asked === Math.abs(effect);
}
