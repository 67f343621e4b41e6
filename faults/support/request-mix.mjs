import { chargeRequest, newCharge } from "./charge-requests.mjs";
import {
  captureAuthorization,
  createAuthorization,
  createCharge,
  refundCharge,
  updateCharge,
} from "./payment-requests.mjs";

/** The relative frequency of each kind of request. */
const SHARES = { charge: 45, batch: 12, pay: 15, refund: 12, authorize: 8, capture: 8 };
const BATCH = { least: 2, most: 12 };
const KINDS = Object.entries(SHARES).flatMap(([kind, share]) => Array(share).fill(kind));

/** The number of recent payments that several clients refund and capture at once. */
const MAX_SHARED = 12;
const AMOUNT_IN_CENTS = 10_000;
const PAID_AT_ONCE = 0.6;

/** The requests of clients: single charges, batches, and payments in every status. */
export class RequestMix {
  #owner;
  #random;
  /** Payments that any client may refund or capture. */
  #refundable = [];
  #capturable = [];
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
    return chargeRequest(this.#owner.pocketGroupSlug, charges);
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

function keep(list, payment) {
  list.push(payment);
  if (list.length > MAX_SHARED) list.shift();
}
