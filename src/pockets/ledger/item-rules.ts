import { MAX_AMOUNT } from "../../shared/amount.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { ChargeItem, DebitItem, GroupLimits, HoldItem, ItemErrorCode } from "./item.js";
import type { ItemRefusal } from "./item-result.js";
import type { LedgerEntry } from "./ledger-entry.js";
import { type Author, type OpenPocket, availableIn } from "./ledger-row.js";
import type { OpenLedger } from "./open-ledger.js";
import type { PocketPeriodLimitKind } from "./period-limit.js";
import type { PeriodUsage } from "./period-usage.js";
import { freezesCredits, freezesDebits } from "./pocket-freeze.js";

/** The values of a refusal besides its code. */
type Details = Partial<Omit<ItemRefusal, "status" | "code">>;

const HOUR_MS = 60 * 60 * 1_000;

/** The rules that several kinds of items have in common. Each returns the refusal of an item, or null. */
export class ItemRules {
  constructor(
    readonly limits: GroupLimits,
    private readonly usage: PeriodUsage,
    private readonly ledger: OpenLedger,
  ) {}

  /** Refuses texts that cannot be stored, and a reference that was used before where that is not allowed. */
  refuseData(
    { merchantId }: Author,
    { problem, reference }: ChargeItem | DebitItem | HoldItem,
  ): ItemRefusal | null {
    if (problem !== null) return this.refuse("INVALID_TEXT", { problem });
    if (reference === null || !this.limits.hasUniqueReferences) return null;
    const isUsed = this.ledger.isReferenceUsed({ merchantId, reference });
    return isUsed ? this.refuse("REFERENCE_TAKEN") : null;
  }

  /** Refuses an item that a limit over time does not allow; otherwise counts it, so nothing else may refuse it. */
  refuseAbovePeriod(
    kind: PocketPeriodLimitKind,
    phoneNumber: PhoneNumber,
    amount: number,
  ): ItemRefusal | null {
    const refusal = this.usage.take(kind, phoneNumber, amount);
    return refusal === null ? null : this.refuse("ABOVE_PERIOD_LIMIT", refusal);
  }

  /** Refuses to take an amount out of a pocket that is frozen or has too little. */
  refuseTaking(pocket: OpenPocket, amount: number): ItemRefusal | null {
    const available = availableIn(pocket);
    if (freezesDebits(pocket.freezeScope)) return this.refuse("POCKET_FROZEN", { available });
    return amount > available ? this.refuse("INSUFFICIENT_FUNDS", { available }) : null;
  }

  /** Refuses to give an amount back to a pocket that is frozen or full. */
  refuseAdding(pocket: OpenPocket, amount: number): ItemRefusal | null {
    if (freezesCredits(pocket.freezeScope)) return this.refuse("POCKET_FROZEN");
    return amount > MAX_AMOUNT - pocket.balance ? this.refuse("ABOVE_MAX_POCKET_BALANCE") : null;
  }

  /** Whether an entry is too old to be reversed. */
  isOld({ createdAt }: LedgerEntry): boolean {
    const { reversalWindowHours: hours } = this.limits;
    return hours !== null && Date.parse(this.ledger.now) - Date.parse(createdAt) > hours * HOUR_MS;
  }

  /** The refusal of an item with this code. */
  refuse(code: ItemErrorCode, details: Details = {}): ItemRefusal {
    const { phoneNumberRegion } = this.limits;
    return {
      ...{ status: "ERROR", code, earlier: null, hold: null, available: null, remaining: null },
      problem: null,
      resetsAt: null,
      ...{ phoneNumberRegion, ...details },
    };
  }
}
