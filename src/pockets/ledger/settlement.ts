import { MAX_AMOUNT } from "../../shared/amount.js";
import { unreachable } from "../../shared/assert.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import { newId } from "../../shared/uuid.js";
import {
  type CaptureItem,
  type ChargeItem,
  type DebitItem,
  type GroupLimits,
  type HoldItem,
  type ItemRequest,
  type LedgerItem,
  type ReleaseItem,
  type ReversalItem,
  isPositive,
  refuseChargeAmount,
  refuseDebitAmount,
} from "./item.js";
import type { ItemRefusal, ItemResult } from "./item-result.js";
import { ItemRules } from "./item-rules.js";
import type { Ledger, LedgerChanges } from "./ledger.js";
import type { LedgerEntry } from "./ledger-entry.js";
import { type Author, NEW_POCKET, type OpenPocket, availableIn } from "./ledger-row.js";
import { OpenLedger } from "./open-ledger.js";
import type { PeriodUsage } from "./period-usage.js";
import { freezesCredits, freezesDebits } from "./pocket-freeze.js";
import { type PocketHold, heldBy } from "./pocket-hold.js";
import { type TokenItem, holdTokenOf, isRepeated } from "./repeated-item.js";

/**
 * Settles the items of requests one after the other, as if each were its own request. A used token takes precedence
 * over every other error: a client that retries an item must learn that it succeeded, even if it would be refused now.
 * A refused item has no effect, and its token stays unused.
 */
export class Settlement {
  private readonly ledger: OpenLedger;
  private readonly rules: ItemRules;

  constructor(
    pocketGroupId: string,
    limits: GroupLimits,
    private readonly usage: PeriodUsage,
    ledger: Ledger,
  ) {
    this.ledger = new OpenLedger(pocketGroupId, ledger);
    this.rules = new ItemRules(limits, usage, this.ledger);
  }

  /** What the settled items add and change. */
  get changes(): LedgerChanges {
    return this.ledger;
  }

  /** Whether there is anything to write. */
  get hasChanges(): boolean {
    return this.ledger.changedPockets.size > 0;
  }

  /** @returns one result for each item of a request, in the same order. */
  settle({ merchantId, items }: ItemRequest): ItemResult[] {
    return items.map((item) => this.settleItem(merchantId, item));
  }

  private settleItem(merchantId: string, item: LedgerItem): ItemResult {
    if (item.kind === "RELEASE") return this.release(merchantId, item);
    const { token } = item;
    if (token === null) return this.rules.refuse("INVALID_TOKEN");
    const earlier = this.ledger.entryWith(token);
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
    if (phoneNumber === null) return this.rules.refuse("INVALID_PHONE_NUMBER");
    const refusal = refuseChargeAmount(amount, this.rules.limits);
    if (refusal !== null) return this.rules.refuse(refusal);
    const invalid = this.rules.refuseData(by, item);
    if (invalid !== null) return invalid;
    const pocket = this.ledger.pocketOf(phoneNumber) ?? NEW_POCKET;
    if (freezesCredits(pocket.freezeScope)) return this.rules.refuse("POCKET_FROZEN");
    // Do not compute balance + amount: the sum may exceed the exact integers.
    if (amount > (this.rules.limits.maxPocketBalance ?? MAX_AMOUNT) - pocket.balance)
      return this.rules.refuse("ABOVE_MAX_POCKET_BALANCE");
    const above = this.rules.refuseAbovePeriod("CHARGE", phoneNumber, amount);
    if (above !== null) return above;
    return this.ledger.moveWith(by, "CHARGE", phoneNumber, pocket, this.dataOf(item, amount));
  }

  private debit(by: Author, item: DebitItem): ItemResult {
    const spending = this.spending(by, item);
    if ("status" in spending) return spending;
    const { phoneNumber, pocket } = spending;
    const above = this.rules.refuseAbovePeriod("DEBIT", phoneNumber, item.amount);
    if (above !== null) return { ...above, available: availableIn(pocket) };
    return this.ledger.moveWith(by, "DEBIT", phoneNumber, pocket, this.dataOf(item, -item.amount));
  }

  private hold(by: Author, item: HoldItem): ItemResult {
    const { amount, expiresAt } = item;
    const spending = this.spending(by, item);
    if ("status" in spending) return spending;
    if (expiresAt !== null && expiresAt <= this.ledger.now)
      return this.rules.refuse("INVALID_EXPIRY");
    const { phoneNumber, pocket } = spending;
    const above = this.rules.refuseAbovePeriod("DEBIT", phoneNumber, amount);
    if (above !== null) return { ...above, available: availableIn(pocket) };
    const reserved = { ...pocket, heldAmount: pocket.heldAmount + amount };
    const made = this.ledger.moveWith(by, "HOLD", phoneNumber, reserved, this.dataOf(item, 0));
    return { ...made, hold: this.ledger.addHold(made.entry, { amount, expiresAt }) };
  }

  /** The pocket of a debit or a hold, which must be able to pay it. */
  private spending(
    by: Author,
    item: DebitItem | HoldItem,
  ): ItemRefusal | { readonly phoneNumber: PhoneNumber; readonly pocket: OpenPocket } {
    const { phoneNumber, amount } = item;
    if (phoneNumber === null) return this.rules.refuse("INVALID_PHONE_NUMBER");
    const refusal = refuseDebitAmount(amount, this.rules.limits);
    if (refusal !== null) return this.rules.refuse(refusal);
    const invalid = this.rules.refuseData(by, item);
    if (invalid !== null) return invalid;
    const pocket = this.ledger.pocketOf(phoneNumber);
    if (pocket === undefined) return this.rules.refuse("POCKET_NOT_FOUND");
    return this.rules.refuseTaking(pocket, amount) ?? { phoneNumber, pocket };
  }

  private reverse(by: Author, item: ReversalItem): ItemResult {
    const { ofToken, phoneNumber } = item;
    if (item.amount !== null && !isPositive(item.amount))
      return this.rules.refuse("INVALID_AMOUNT");
    if (item.problem !== null) return this.rules.refuse("INVALID_TEXT", { problem: item.problem });
    if (ofToken === null) return this.rules.refuse("ENTRY_NOT_FOUND");
    const original = this.ledger.entryWith(ofToken);
    const pocket = this.ledger.pocketOf(phoneNumber);
    if (original?.merchantId !== by.merchantId || original.kind === "HOLD")
      return this.rules.refuse("ENTRY_NOT_FOUND");
    if (original.kind !== "CHARGE" && original.kind !== "DEBIT")
      return this.rules.refuse("NOT_REVERSIBLE");
    // If its pocket is not locked, the entry was made after its pocket was looked up.
    if (pocket === undefined || original.phoneNumber !== phoneNumber)
      return this.rules.refuse("ENTRY_NOT_FOUND");
    const remaining = this.ledger.reversibleAmountOf(original);
    if (remaining === 0) return this.rules.refuse("ALREADY_REVERSED", { remaining });
    if (this.rules.isOld(original))
      return this.rules.refuse("REVERSAL_WINDOW_ENDED", { remaining });
    const amount = item.amount ?? remaining;
    if (amount > remaining) return this.rules.refuse("ABOVE_REVERSIBLE_AMOUNT", { remaining });
    const isTaking = original.kind === "CHARGE";
    const refusal = isTaking
      ? this.rules.refuseTaking(pocket, amount)
      : this.rules.refuseAdding(pocket, amount);
    if (refusal !== null) return { ...refusal, remaining };
    return this.ledger.reverse(by, original, pocket, amount, item.note);
  }

  private capture(by: Author, item: CaptureItem): ItemResult {
    if (item.amount !== null && !isPositive(item.amount)) {
      const hold = this.ledger.ownHold(by.merchantId, item.holdToken);
      return this.rules.refuse("INVALID_AMOUNT", { hold });
    }
    const found = this.openHold(by.merchantId, item);
    if ("status" in found) return found;
    const { hold, pocket } = found;
    const remaining = heldBy(hold);
    const amount = item.amount ?? remaining;
    if (amount > remaining) return this.rules.refuse("ABOVE_HELD_AMOUNT", { hold, remaining });
    if (freezesDebits(pocket.freezeScope)) return this.rules.refuse("POCKET_FROZEN", { hold });
    const capturedAmount = hold.capturedAmount + amount;
    const isClosed = item.isFinal || amount === remaining;
    const heldAmount = pocket.heldAmount - (isClosed ? remaining : amount);
    const { reference, note, metadata } = hold;
    const left = { ...pocket, heldAmount };
    const made = this.ledger.move(by, "DEBIT", hold.phoneNumber, left, {
      ...{ amount: -amount, pocketHoldId: hold.id, reference, note, metadata },
    });
    if (isClosed) this.usage.giveBack({ ...hold, capturedAmount }, remaining - amount);
    const closed = isClosed ? ({ status: "CAPTURED", closedAt: this.ledger.now } as const) : {};
    return { ...made, hold: this.ledger.changeHold({ ...hold, capturedAmount, ...closed }) };
  }

  private release(merchantId: string, item: ReleaseItem): ItemResult {
    const found = this.openHold(merchantId, item);
    if ("status" in found) return found;
    const { hold, pocket } = found;
    const left = { ...pocket, heldAmount: pocket.heldAmount - heldBy(hold) };
    const by = { merchantId, token: newId() };
    const noted = { amount: 0, pocketHoldId: hold.id };
    const made = this.ledger.move(by, "RELEASE", hold.phoneNumber, left, noted);
    this.usage.giveBack(hold, heldBy(hold));
    const released = this.ledger.changeHold({
      ...hold,
      status: "RELEASED",
      closedAt: this.ledger.now,
    });
    return { ...made, entry: null, hold: released };
  }

  /** The hold that an item refers to, which must be the merchant's and open, and its pocket. */
  private openHold(
    merchantId: string,
    { holdToken, phoneNumber }: CaptureItem | ReleaseItem,
  ): ItemRefusal | { readonly hold: PocketHold; readonly pocket: OpenPocket } {
    const hold = this.ledger.ownHold(merchantId, holdToken);
    const pocket = this.ledger.pocketOf(phoneNumber);
    // If its pocket is not locked, the hold was made after its pocket was looked up.
    if (hold === null || pocket === undefined || hold.phoneNumber !== phoneNumber)
      return this.rules.refuse("HOLD_NOT_FOUND");
    if (hold.status === "EXPIRED") return this.rules.refuse("HOLD_EXPIRED", { hold });
    if (hold.status !== "OPEN") return this.rules.refuse("HOLD_CLOSED", { hold });
    return { hold, pocket };
  }

  private refuseUsedToken(earlier: LedgerEntry, merchantId: string, item: TokenItem): ItemRefusal {
    const code = isRepeated(item, earlier, this.ledger) ? "DUPLICATE_TOKEN" : "TOKEN_CONFLICT";
    if (earlier.merchantId !== merchantId) return this.rules.refuse(code);
    const hold = this.ledger.ownHold(merchantId, holdTokenOf(item));
    return this.rules.refuse(code, { earlier, hold });
  }

  /** The texts of a new entry. */
  private dataOf({ reference, note, metadata }: ChargeItem | DebitItem | HoldItem, amount: number) {
    return { reference, note, metadata, amount, isUnique: this.rules.limits.hasUniqueReferences };
  }
}
