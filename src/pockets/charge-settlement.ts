import { MAX_AMOUNT } from "../shared/amount.js";
import { assert } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { PhoneNumber } from "../shared/phone-number.js";
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
      /** The charge that has used the token, when it is the same merchant's. */
      readonly earlier: PocketCharge | null;
    };

/** The items that one merchant sent together. */
export interface ChargeRequest {
  readonly merchantId: string;
  readonly items: readonly ChargeItem[];
}

/** What is known, and locked, before the items are settled. */
export interface Ledger {
  /** The charges that have used one of the items' tokens in this group. */
  readonly charges: readonly PocketCharge[];
  /** The balances of the items' pockets; a pocket that does not exist yet is missing. */
  readonly balances: ReadonlyMap<PhoneNumber, number>;
  /** After the locks were taken, so that the times of a pocket's charges are in the order of its balances. */
  readonly now: Instant;
}

/** What settling items adds to the ledger. */
export interface LedgerChanges {
  readonly newCharges: readonly PocketCharge[];
  /** The balance that each touched pocket ends with, new pockets included. */
  readonly newBalances: ReadonlyMap<PhoneNumber, number>;
}

/**
 * Decides the items of requests, one after the other, as if each were a request of its own. A used token comes
 * before every other reason to refuse: a client that repeats a charge must learn that it was made, even when
 * the group's limits would refuse it today. A refused item uses up nothing, not even its token.
 *
 * When the ledger has charges of these very items, an earlier run of the same requests was committed and its
 * answer was lost. The run is then replayed, from the balances that it began with, and comes to the same
 * results: balances only grow, so what was refused for a limit still is.
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

  /** @returns one result for each item of a request, in their order. */
  settle({ merchantId, items }: ChargeRequest): ChargeResult[] {
    return items.map((item) => this.settleItem(merchantId, item));
  }

  private settleItem(merchantId: string, item: ChargeItem): ChargeResult {
    const { id, token, phoneNumber, amount } = item;
    if (token === null) return refuse("INVALID_TOKEN");
    const earlier = this.byToken.get(token);
    if (earlier !== undefined) return refuseUsedToken(earlier, merchantId, item);
    if (phoneNumber === null) return refuse("INVALID_PHONE_NUMBER");
    const refusal = refuseAmount(amount, this.limits);
    if (refusal !== null) return refuse(refusal);

    const balance = this.newBalances.get(phoneNumber) ?? this.balances.get(phoneNumber) ?? 0;
    const maxBalance = this.limits.maxPocketBalance ?? MAX_AMOUNT;
    // Not balance + amount, which may lie beyond what a number holds exactly.
    if (amount > maxBalance - balance) return refuse("ABOVE_MAX_POCKET_BALANCE");

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

  private add(charge: PocketCharge): void {
    // A transaction is whole: what one run made, it made with everything else.
    assert(this.replayed.size === 0, "replayed requests make nothing new");
    this.newCharges.push(charge);
  }
}

/** The balances of the pockets before the charges that are replayed. */
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

function refuse(code: PocketChargeErrorCode, earlier: PocketCharge | null = null): ChargeResult {
  return { status: "ERROR", code, earlier };
}

function refuseUsedToken(
  earlier: PocketCharge,
  merchantId: string,
  { phoneNumber, amount }: ChargeItem,
): ChargeResult {
  const isSame = earlier.phoneNumber === phoneNumber && earlier.amount === amount;
  const code = isSame ? "DUPLICATE_TOKEN" : "TOKEN_CONFLICT";
  return refuse(code, earlier.merchantId === merchantId ? earlier : null);
}

/** The tokens whose charges must be known to settle the items, each once. */
export function tokensOf(items: readonly ChargeItem[]): UuidV7[] {
  return [...new Set(items.map(({ token }) => token))].filter((token) => token !== null);
}

/** The pockets that the items may charge, each once, whatever the group's limits are. */
export function phoneNumbersOf(items: readonly ChargeItem[]): PhoneNumber[] {
  const chargeable = items.filter(({ token, amount }) => token !== null && amount > 0);
  return [...new Set(chargeable.map(({ phoneNumber }) => phoneNumber))].filter(
    (number) => number !== null,
  );
}
