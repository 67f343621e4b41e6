/**
 * A request that can be retried unchanged.
 *
 * @typedef {object} Intent
 * @property {string} query
 * @property {object} variables
 * @property {(data: object, context: { ledger: Ledger, isRetry: boolean }) => void} onResponse records the response.
 * @property {number} [round] the round in which it was first sent.
 * @property {number} [attempts]
 *
 * @typedef {object} KnownCharge a charge that a response has confirmed.
 * @property {string} token
 * @property {string} phoneNumber
 * @property {number} amount
 * @property {string} id
 * @property {number} balanceAfter
 *
 * @typedef {object} KnownEntry a debit or reversal that a response has confirmed.
 * @property {string} token
 * @property {"DEBIT" | "REVERSAL"} kind
 * @property {string} phoneNumber
 * @property {number} amount its effect on the balance.
 * @property {string} id
 * @property {number} balanceAfter
 *
 * @typedef {object} KnownHold a hold that a response has confirmed, in its latest state.
 * @property {string} token
 * @property {string} id
 * @property {string} phoneNumber
 * @property {number} amount
 * @property {string | null} expiresAt
 * @property {number} capturedAmount the sum of the acknowledged captures.
 * @property {boolean} isCaptured whether a capture has closed it.
 * @property {boolean} isReleased
 *
 * @typedef {object} KnownPayment a payment that a response has confirmed, in its latest state.
 * @property {"charge" | "refund" | "authorization"} kind
 * @property {string} id
 * @property {string} status
 * @property {number} totalInCents
 * @property {string | null} orderId
 * @property {number} refundedInCents the sum of the acknowledged refunds of a charge.
 * @property {number} capturedInCents the captured amount of an authorization.
 */

const MAX_FAILURES = 12;
const MAX_LOGGED = 3;

/** The requests that the clients sent, and the responses that they received. */
export class Ledger {
  /** @type {Map<string, KnownCharge>} by token. */
  charges = new Map();
  /** @type {Map<string, KnownEntry>} by token; charges are separate. */
  entries = new Map();
  /** @type {Map<string, KnownHold>} by token. */
  holds = new Map();
  /** @type {Map<string, KnownPayment>} by id. */
  payments = new Map();
  /** @type {Set<Intent>} requests with an unknown outcome, which may have been committed. */
  open = new Set();
  round = 0;
  counts = { requests: 0, acknowledged: 0, unavailable: 0, unanswered: 0, retried: 0 };
  /** @type {string[]} */
  failures = [];
  failureCount = 0;
  /** @type {string[]} the internal errors that the servers logged. */
  logged = [];

  fail(what) {
    this.failureCount++;
    if (this.failures.length < MAX_FAILURES) this.failures.push(`round ${this.round}: ${what}`);
  }

  note(line) {
    if (this.logged.length < MAX_LOGGED) this.logged.push(line);
  }

  /** @param {Intent} intent */
  begin(intent) {
    intent.round ??= this.round;
    intent.attempts = (intent.attempts ?? 0) + 1;
    this.counts.requests++;
    if (intent.attempts > 1) this.counts.retried++;
    this.open.add(intent);
  }

  /**
   * @param {Intent} intent
   * @param {import("./http-clients.mjs").Answer} answer
   * @returns {boolean} whether the outcome is known.
   */
  take(intent, { kind, data, text }) {
    switch (kind) {
      case "data":
        this.counts.acknowledged++;
        this.open.delete(intent);
        intent.onResponse(data, { ledger: this, isRetry: intent.attempts > 1 });
        return true;
      case "unavailable":
        this.counts.unavailable++;
        return false;
      case "none":
        this.counts.unanswered++;
        return false;
      case "late":
        this.counts.unanswered++;
        this.fail(`no response before the deadline: ${nameOf(intent)}`);
        return false;
      default:
        this.fail(`${text}\n    to ${nameOf(intent)}`);
        return false;
    }
  }
}

/** @param {Intent} intent */
function nameOf({ query, variables }) {
  return `${query.replace(/\s+/g, " ").slice(0, 80)} … ${JSON.stringify(variables).slice(0, 300)}`;
}
