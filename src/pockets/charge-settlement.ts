import { MAX_AMOUNT } from "../shared/amount.js";
import { assert } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { type PhoneNumber, isWrittenAs } from "../shared/phone-number.js";
import type { UuidV7 } from "../shared/uuid.js";
import {
  type ChargeItem,
  type ChargeLimits,
  type PocketChargeErrorCode,
  refuseAmount,
} from "./pocket-charge.js";
import type { PocketCharge } from "./pocket-charge.record.js";

/** The outcome of one item. */
export type ChargeResult =
  | { readonly status: "SUCCESS"; readonly charge: PocketCharge }
  | {
      readonly status: "ERROR";
      readonly code: PocketChargeErrorCode;
      /** The charge that used the token, if it is the same merchant's. */
      readonly earlier: PocketCharge | null;
      /** The region in which the phone number was read. */
      readonly phoneNumberRegion: string | null;
    };

/** The items of one merchant's request. */
export interface ChargeRequest {
  readonly merchantId: string;
  readonly items: readonly ChargeItem[];
}

/** The state that the items are settled against. Its pockets are locked. */
export interface Ledger {
  /** The charges that already used one of the items' tokens in this group. */
  readonly charges: readonly PocketCharge[];
  /** The balances of the items' pockets. Pockets that do not exist yet are missing. */
  readonly balances: ReadonlyMap<PhoneNumber, number>;
  /** A time after the locks were taken, so that a pocket's charges are in the same order by time and by balance. */
  readonly now: Instant;
}

/** The charges and balances that settling adds to the ledger. */
export interface LedgerChanges {
  readonly newCharges: readonly PocketCharge[];
  /** The final balance of each charged pocket, including new pockets. */
  readonly newBalances: ReadonlyMap<PhoneNumber, number>;
}

/**
 * Settles the items of requests one after the other, as if each were its own request. A used token takes precedence
 * over every other error: a client that retries a charge must learn that it succeeded, even if the group's limits would
 * refuse it now. A refused item has no effect, and its token stays unused.
 *
 * If the ledger contains charges with the ids of these items, an earlier run of the same requests was committed and its
 * response was lost. The run is then replayed from its opening balances and returns the same results: balances only
 * grow, so an item that exceeded a limit still exceeds it.
 */
export class ChargeSettlement implements LedgerChanges {
  readonly newCharges: PocketCharge[] = [];
  readonly newBalances = new Map<PhoneNumber, number>();
  private readonly replayed: ReadonlyMap<string, PocketCharge>;
  private readonly byToken: Map<string, PocketCharge>;
  private readonly balances: ReadonlyMap<string, number>;
  private readonly now: Instant;

  constructor(
    private readonly pocketGroupId: string,
    private readonly limits: ChargeLimits,
    { charges, balances, now }: Ledger,
    items: readonly ChargeItem[],
  ) {
    const ids = new Set<string>(items.map(({ id }) => id));
    const replayed = charges.filter(({ id }) => ids.has(id));
    const earlier = charges.filter(({ id }) => !ids.has(id));
    this.replayed = new Map(replayed.map((charge) => [charge.id, charge]));
    this.byToken = new Map(earlier.map((charge) => [charge.token, charge]));
    this.balances = replayed.length === 0 ? balances : balancesBefore(replayed, balances);
    this.now = now;
  }

  /** @returns one result for each item of a request, in the same order. */
  settle({ merchantId, items }: ChargeRequest): ChargeResult[] {
    return items.map((item) => this.settleItem(merchantId, item));
  }

  private settleItem(merchantId: string, item: ChargeItem): ChargeResult {
    const { id, token, phoneNumber, amount } = item;
    if (token === null) return this.refuse("INVALID_TOKEN");
    const earlier = this.byToken.get(token);
    if (earlier !== undefined) return this.refuseUsedToken(earlier, merchantId, item);
    if (phoneNumber === null) return this.refuse("INVALID_PHONE_NUMBER");
    const refusal = refuseAmount(amount, this.limits);
    if (refusal !== null) return this.refuse(refusal);

    const balance = this.newBalances.get(phoneNumber) ?? this.balances.get(phoneNumber) ?? 0;
    const maxBalance = this.limits.maxPocketBalance ?? MAX_AMOUNT;
    // Do not compute balance + amount: the sum may exceed the exact integers.
    if (amount > maxBalance - balance) return this.refuse("ABOVE_MAX_POCKET_BALANCE");

    const { pocketGroupId, now: createdAt } = this;
    const balanceAfter = balance + amount;
    const charge = this.replayed.get(id) ?? {
      pocketGroupId,
      merchantId,
      id,
      token,
      phoneNumber,
      amount,
      balanceAfter,
      createdAt,
    };
    this.byToken.set(token, charge);
    this.newBalances.set(phoneNumber, balanceAfter);
    if (!this.replayed.has(id)) this.add(charge);
    return { status: "SUCCESS", charge };
  }

  private refuseUsedToken(
    earlier: PocketCharge,
    merchantId: string,
    { phoneNumber, writtenPhoneNumber, amount }: ChargeItem,
  ): ChargeResult {
    // The charge may be older than the group's region, in which this number has another meaning or none.
    const isSameNumber =
      earlier.phoneNumber === phoneNumber || isWrittenAs(earlier.phoneNumber, writtenPhoneNumber);
    const code = isSameNumber && earlier.amount === amount ? "DUPLICATE_TOKEN" : "TOKEN_CONFLICT";
    return this.refuse(code, earlier.merchantId === merchantId ? earlier : null);
  }

  private refuse(code: PocketChargeErrorCode, earlier: PocketCharge | null = null): ChargeResult {
    const { phoneNumberRegion } = this.limits;
    return { status: "ERROR", code, earlier, phoneNumberRegion };
  }

  private add(charge: PocketCharge): void {
    // Transactions are atomic, so an earlier run committed either all of its charges or none.
    assert(this.replayed.size === 0, "replayed requests create no new charges");
    this.newCharges.push(charge);
  }
}

/** The balances of the pockets before the replayed charges. */
function balancesBefore(
  replayed: readonly PocketCharge[],
  balances: Ledger["balances"],
): Map<string, number> {
  const opening = new Map<string, number>(balances);
  for (const { phoneNumber, balanceAfter, amount } of replayed) {
    const before = balanceAfter - amount;
    opening.set(phoneNumber, Math.min(opening.get(phoneNumber) ?? before, before));
  }
  return opening;
}

/** The distinct tokens of the items. Settling needs the charges that used them. */
export function tokensOf(items: readonly ChargeItem[]): UuidV7[] {
  return [...new Set(items.map(({ token }) => token))].filter((token) => token !== null);
}

/** The distinct phone numbers of the pockets that the items may charge, regardless of the group's limits. */
export function phoneNumbersOf(items: readonly ChargeItem[]): PhoneNumber[] {
  const chargeable = items.filter(({ token, amount }) => token !== null && amount > 0);
  return [...new Set(chargeable.map(({ phoneNumber }) => phoneNumber))].filter(
    (number) => number !== null,
  );
}
