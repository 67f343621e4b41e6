import { unreachable } from "../../shared/assert.js";
import { isWrittenAs } from "../../shared/phone-number.js";
import type { UuidV7 } from "../../shared/uuid.js";
import type { ChargeItem, DebitItem, HoldItem, LedgerItem, ReleaseItem } from "./item.js";
import type { LedgerEntry } from "./ledger-entry.js";
import type { OpenLedger } from "./open-ledger.js";

/** An item with a token of its own. */
export type TokenItem = Exclude<LedgerItem, ReleaseItem>;

/** Whether an item asks for what its token was used for. */
export function isRepeated(item: TokenItem, earlier: LedgerEntry, ledger: OpenLedger): boolean {
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
        item.amount === ledger.holdOf(earlier.id)?.amount
      );
    case "REVERSAL": {
      const original = ledger.entryOf(reversalOfId);
      return original?.token === item.ofToken && isSameAmount(item.amount, amount);
    }
    case "CAPTURE": {
      const hold = ledger.holdOf(pocketHoldId);
      return hold?.token === item.holdToken && isSameAmount(item.amount, amount);
    }
    default:
      return unreachable(item);
  }
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
export function holdTokenOf(item: LedgerItem): UuidV7 | null {
  if (item.kind === "HOLD") return item.token;
  return item.kind === "CAPTURE" ? item.holdToken : null;
}

/** Whether an item that may leave its amount to the server asks for an entry with this effect. */
function isSameAmount(asked: number | null, effect: number): boolean {
  return asked === null || asked === Math.abs(effect);
}
