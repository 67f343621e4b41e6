import { createHash } from "node:crypto";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { UuidV7 } from "../../shared/uuid.js";
import type { ItemRequest, UsedReference } from "./item.js";
import type { ItemResult } from "./item-result.js";
import type { Ledger, LockedPocket } from "./ledger.js";
import { NEW_POCKET, newLedgerRow } from "./ledger-row.js";
import { type PackedKey, PackedMap } from "./packed-map.js";
import type { PeriodUsage } from "./period-usage.js";

/** The items that a preview would have made, if it wrote anything. Later requests of the preview see them. */
export class PreviewedItems {
  private readonly pockets = new PackedMap();
  private readonly tokens = new PackedMap();
  private readonly references = new PackedMap();

  constructor(private readonly kind: "CHARGE" | "DEBIT") {}

  /** Adds the previewed items that concern a request to the state that was looked up for it. */
  addTo(ledger: Ledger, pocketGroupId: string, { merchantId, items }: ItemRequest): Ledger {
    const pockets = new Map(ledger.pockets);
    const entries = [...ledger.entries];
    const usedReferences = [...ledger.usedReferences];
    const known = new Set(entries.map(({ token }) => token));
    for (const { token, phoneNumber, ...item } of items) {
      const moved = phoneNumber === null ? undefined : this.pockets.get(keyOfNumber(phoneNumber));
      if (phoneNumber !== null && moved !== undefined)
        pockets.set(phoneNumber, movedBy(ledger.pockets.get(phoneNumber), moved[0]));
      const made =
        token === null || known.has(token) ? undefined : this.tokens.get(keyOfToken(token));
      if (token !== null && made !== undefined) {
        const [number, amount] = made;
        const shared = { pocketGroupId, now: ledger.now, hasEvents: false };
        const by = { merchantId, token };
        known.add(token);
        entries.push(
          newLedgerRow(shared, by, this.kind, String(number) as PhoneNumber, NEW_POCKET, {
            amount,
          }),
        );
      }
      const reference = "reference" in item ? item.reference : null;
      if (reference !== null && this.references.get(keyOfText(reference)) !== undefined)
        usedReferences.push({ merchantId, reference } satisfies UsedReference);
    }
    return { ...ledger, pockets, entries, usedReferences };
  }

  /** Counts the previewed items of these pockets in the limits over time. */
  countIn(usage: PeriodUsage, phoneNumbers: Iterable<PhoneNumber>): void {
    for (const phoneNumber of phoneNumbers) {
      const moved = this.pockets.get(keyOfNumber(phoneNumber));
      if (moved !== undefined) usage.count(this.kind, phoneNumber, Math.abs(moved[0]), moved[1]);
    }
  }

  /** Keeps the items that would succeed. */
  keep(results: readonly ItemResult[], hasUniqueReferences: boolean): void {
    for (const result of results) {
      if (result.status !== "SUCCESS" || result.entry === null) continue;
      const { token, phoneNumber, amount, reference } = result.entry;
      const key = keyOfNumber(phoneNumber);
      const [sum, count] = this.pockets.get(key) ?? [0, 0];
      this.pockets.set(key, sum + amount, count + 1);
      this.tokens.set(keyOfToken(token), Number(phoneNumber), amount);
      if (hasUniqueReferences && reference !== null)
        this.references.set(keyOfText(reference), 0, 0);
    }
  }
}

function movedBy(pocket: LockedPocket = NEW_POCKET, amount: number): LockedPocket {
  return { ...pocket, balance: pocket.balance + amount };
}

/** A phone number has at most 15 digits, so it is an exact number. */
function keyOfNumber(phoneNumber: PhoneNumber): PackedKey {
  const number = Number(phoneNumber);
  return [0, 0, Math.floor(number / 2 ** 32), number % 2 ** 32];
}

function keyOfToken(token: UuidV7): PackedKey {
  return keyOfHex(token.replaceAll("-", ""));
}

/** References are compared by their hash, because they may be long. */
function keyOfText(text: string): PackedKey {
  return keyOfHex(createHash("sha256").update(text).digest("hex"));
}

function keyOfHex(digits: string): PackedKey {
  const word = (at: number): number => Number.parseInt(digits.slice(at, at + 8), 16);
  return [word(0), word(8), word(16), word(24)];
}
