import { MAX_AMOUNT } from "../shared/amount.js";
import { assert } from "../shared/assert.js";
import type { PhoneNumber } from "../shared/phone-number.js";
import type { UuidV7 } from "../shared/uuid.js";
import {
  type ChargeItem,
  type ChargeLimits,
  type PocketChargeErrorCode,
  refuseAmount,
} from "./pocket-charge.js";
import type { PocketCharge } from "./pocket-charge.record.js";

/** A charge that is decided and not written yet: the database gives it its time. */
export type NewCharge = Omit<PocketCharge, "createdAt">;

/** What becomes of one item. */
export type Settlement =
  | { readonly status: "MADE"; readonly charge: NewCharge | PocketCharge }
  | {
      readonly status: "REFUSED";
      readonly code: PocketChargeErrorCode;
      /** The charge that has used the token, when it is the same merchant's. */
      readonly earlier: NewCharge | PocketCharge | null;
    };

/** What is known, and locked, before the items are settled. */
export interface Ledger {
  /** The charges that have used one of the items' tokens in this group. */
  readonly charges: readonly PocketCharge[];
  /** The balances of the items' pockets; a pocket that is not there yet is missing. */
  readonly balances: ReadonlyMap<PhoneNumber, number>;
}

/** The charges that one merchant sent together, and what limits them. */
export interface ChargeRequest {
  readonly merchantId: string;
  readonly items: readonly ChargeItem[];
}

export interface SettledCharges {
  /** For each request, one for each of its items, in the same order. */
  readonly settlements: readonly (readonly Settlement[])[];
  readonly newCharges: readonly NewCharge[];
  /** The balance that each touched pocket ends with, new ones included. */
  readonly balances: ReadonlyMap<PhoneNumber, number>;
}

/**
 * Decides the items of requests, one after the other, as if each were a request of its own. A used token comes
 * before every other reason to refuse: whoever repeats a charge must learn that it was made, even when
 * the group's limits would refuse it today. A refused item uses up nothing, not even its token.
 *
 * When the ledger has charges of these very items, an earlier run of the same request was committed
 * and its answer got lost. The run is then replayed, from the balances that it began with, and comes
 * to the same answers: balances only grow, so what was refused for a limit still is.
 */
export function settleCharges(
  requests: readonly ChargeRequest[],
  pocketGroupId: string,
  limits: ChargeLimits,
  ledger: Ledger,
): SettledCharges {
  const maxBalance = limits.maxPocketBalance ?? MAX_AMOUNT;
  const ids = new Set<string>(requests.flatMap(({ items }) => items.map(({ id }) => id)));
  const replayed = new Map(ledger.charges.filter(({ id }) => ids.has(id)).map((c) => [c.id, c]));
  const byToken = new Map<string, NewCharge | PocketCharge>(
    ledger.charges.filter(({ id }) => !ids.has(id)).map((charge) => [charge.token, charge]),
  );
  const opening = openingBalances(ledger, [...replayed.values()]);
  const newCharges: NewCharge[] = [];
  const balances = new Map<PhoneNumber, number>();

  const settle = (
    merchantId: string,
    { id, token, phoneNumber, amount }: ChargeItem,
  ): Settlement => {
    if (token === null) return refuse("INVALID_TOKEN");
    const earlier = byToken.get(token);
    if (earlier !== undefined) {
      const isSame = earlier.phoneNumber === phoneNumber && earlier.amount === amount;
      const code = isSame ? "DUPLICATE_TOKEN" : "TOKEN_CONFLICT";
      return refuse(code, earlier.merchantId === merchantId ? earlier : null);
    }
    if (phoneNumber === null) return refuse("INVALID_PHONE_NUMBER");
    const refusal = refuseAmount(amount, limits);
    if (refusal !== null) return refuse(refusal);

    const balance = balances.get(phoneNumber) ?? opening.get(phoneNumber) ?? 0;
    // Not balance + amount, which may lie beyond what a number holds exactly.
    if (amount > maxBalance - balance) return refuse("ABOVE_MAX_POCKET_BALANCE");

    const balanceAfter = balance + amount;
    balances.set(phoneNumber, balanceAfter);
    const made = replayed.get(id);
    const charge = made ?? {
      pocketGroupId,
      merchantId,
      id,
      token,
      phoneNumber,
      amount,
      balanceAfter,
    };
    byToken.set(token, charge);
    if (made === undefined) newCharges.push(charge);
    return { status: "MADE", charge };
  };

  const settlements = requests.map(({ merchantId, items }) =>
    items.map((item) => settle(merchantId, item)),
  );
  // A transaction is whole: what one run made, it made with everything else.
  assert(replayed.size === 0 || newCharges.length === 0, "replayed requests make nothing new");
  return { settlements, newCharges, balances };
}

/** What the pockets held before the charges that are replayed. */
function openingBalances(
  { balances }: Ledger,
  replayed: readonly PocketCharge[],
): Map<string, number> {
  const opening = new Map<string, number>(balances);
  for (const { phoneNumber, balanceAfter, amount } of replayed) {
    const before = balanceAfter - amount;
    opening.set(phoneNumber, Math.min(opening.get(phoneNumber) ?? before, before));
  }
  return opening;
}

function refuse(
  code: PocketChargeErrorCode,
  earlier: NewCharge | PocketCharge | null = null,
): Settlement {
  return { status: "REFUSED", code, earlier };
}

/** The tokens whose charges must be known to settle the items, each once. */
export function tokensOf(items: readonly ChargeItem[]): UuidV7[] {
  return [...new Set(items.map(({ token }) => token))].filter((token) => token !== null);
}

/** The pockets that items may be charged to, each once. What the group's limits say is not asked yet. */
export function phoneNumbersOf(items: readonly ChargeItem[]): PhoneNumber[] {
  const chargeable = items.filter(({ token, amount }) => token !== null && amount > 0);
  return [...new Set(chargeable.map(({ phoneNumber }) => phoneNumber))].filter(
    (number) => number !== null,
  );
}
