import { HOT_PHONE_NUMBERS, chargeRequest, newCharge } from "./charge-requests.mjs";
import {
  captureAuthorization,
  createAuthorization,
  createCharge,
  refundCharge,
  updateCharge,
} from "./payment-requests.mjs";
import {
  newCapture,
  newDebit,
  newHold,
  newRelease,
  newReversal,
  spendingRequest,
} from "./spending-requests.mjs";

/** The relative frequency of each kind of request. */
const SHARES = {
  charge: 30,
  batch: 8,
  debit: 14,
  reverse: 6,
  hold: 10,
  captureHold: 8,
  release: 3,
  pay: 8,
  refund: 6,
  authorize: 4,
  capture: 4,
};
const BATCH = { least: 2, most: 12 };
const KINDS = Object.entries(SHARES).flatMap(([kind, share]) => Array(share).fill(kind));

/** The number of recent records of a kind that several clients refund, reverse and capture at once. */
const MAX_SHARED = 12;
const MAX_SPENT_AT_ONCE = 3;
const MAX_SPENT_AMOUNT = 12_000;
const EXPIRING_SHARE = 0.2;
const MAX_LIFETIME_MS = 2_000;
const AMOUNT_IN_CENTS = 10_000;
const PAID_AT_ONCE = 0.6;

/** The requests of clients: charges and spending, single and in batches, and payments in every status. */
export class RequestMix {
  #owner;
  #random;
  /** Payments that any client may refund or capture. */
  #refundable = [];
  #capturable = [];
  /** Charges and debits that any client may reverse, and holds that any client may capture or release. */
  #reversible = [];
  #holds = [];
  /** Charges in progress, each changed by one client at a time. */
  #changeable = [];

  /**
   * @param {{ pocketGroupSlug: string, orderId: string }} owner
   * @param {import("./random.mjs").Random} random
   */
  constructor(owner, random) {
    this.#owner = owner;
    this.#random = random;
  }

  /** @returns {import("./ledger.mjs").Intent} */
  next() {
    const random = this.#random;
    switch (random.pick(KINDS)) {
      case "batch": {
        const size = random.between(BATCH.least, BATCH.most);
        return this.#charges(size);
      }
      case "debit":
        return this.#debits(random.between(1, MAX_SPENT_AT_ONCE));
      case "reverse":
        return this.#reversible.length === 0 ? this.#charges(1) : this.#reverse();
      case "hold":
        return this.#holdSome(random.between(1, MAX_SPENT_AT_ONCE));
      case "captureHold":
        return this.#holds.length === 0 ? this.#holdSome(1) : this.#captureHold();
      case "release":
        if (this.#holds.length === 0) return this.#holdSome(1);
        return this.#spending("release", [newRelease(random.pick(this.#holds))]);
      case "pay":
        return this.#changeable.length > 0 && random.isIn(0.5) ? this.#advance() : this.#pay();
      case "refund":
        if (this.#refundable.length === 0) return this.#pay();
        return refundCharge(random.pick(this.#refundable), random.between(1, AMOUNT_IN_CENTS / 4));
      case "authorize":
        return createAuthorization(AMOUNT_IN_CENTS, (made) => keep(this.#capturable, made));
      case "capture": {
        if (this.#capturable.length === 0) return this.#pay();
        const amount = random.between(1, AMOUNT_IN_CENTS);
        return captureAuthorization(random.pick(this.#capturable), amount);
      }
      default:
        return this.#charges(1);
    }
  }

  #charges(count) {
    const charges = Array.from({ length: count }, () => newCharge(this.#random));
    return chargeRequest(this.#owner.pocketGroupSlug, charges, (made) =>
      keep(this.#reversible, made),
    );
  }

  #debits(count) {
    const debits = Array.from({ length: count }, () =>
      newDebit(this.#spendablePocket(), this.#spentAmount(), (made) =>
        keep(this.#reversible, made),
      ),
    );
    return this.#spending("debit", debits);
  }

  #reverse() {
    const entry = this.#random.pick(this.#reversible);
    const amount = this.#random.between(1, Math.abs(entry.amount));
    return this.#spending("reverse", [newReversal(entry, amount)]);
  }

  #holdSome(count) {
    const holds = Array.from({ length: count }, () =>
      newHold(this.#spendablePocket(), this.#spentAmount(), this.#expiry(), (made) =>
        keep(this.#holds, made),
      ),
    );
    return this.#spending("hold", holds);
  }

  #captureHold() {
    const random = this.#random;
    const hold = random.pick(this.#holds);
    const capture = newCapture(hold, random.between(1, hold.amount), random.isIn(0.5));
    return this.#spending("capture", [capture]);
  }

  #spending(operation, items) {
    return spendingRequest(operation, this.#owner.pocketGroupSlug, items);
  }

  /** A pocket that was charged recently, or by every other charge. */
  #spendablePocket() {
    const random = this.#random;
    const isHot = this.#reversible.length === 0 || random.isIn(0.5);
    return isHot ? random.pick(HOT_PHONE_NUMBERS) : random.pick(this.#reversible).phoneNumber;
  }

  #spentAmount() {
    return this.#random.between(1, MAX_SPENT_AMOUNT);
  }

  #expiry() {
    const random = this.#random;
    if (!random.isIn(EXPIRING_SHARE)) return null;
    return new Date(Date.now() + random.between(1, MAX_LIFETIME_MS)).toISOString();
  }

  #pay() {
    const random = this.#random;
    const status = random.isIn(PAID_AT_ONCE) ? "SUCCEEDED" : "CREATED";
    const input = {
      amountInCents: AMOUNT_IN_CENTS,
      depositInCents: random.between(0, 500),
      status,
      orderId: random.isIn(0.5) ? this.#owner.orderId : null,
    };
    return createCharge(input, (made) => {
      if (status === "SUCCEEDED") keep(this.#refundable, made);
      else keep(this.#changeable, made);
    });
  }

  /** The next status of a charge, which is reserved for one client until the outcome is known. */
  #advance() {
    const charge = this.#changeable.shift();
    const next = charge.status === "CREATED" ? "STARTED" : "SUCCEEDED";
    return updateCharge(charge, next, () => {
      keep(next === "SUCCEEDED" ? this.#refundable : this.#changeable, charge);
    });
  }
}

function keep(list, made) {
  list.push(made);
  if (list.length > MAX_SHARED) list.shift();
}
