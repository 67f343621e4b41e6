import { uuidv7 } from "uuidv7";

/**
 * @typedef {import("./ledger.mjs").Intent} Intent
 * @typedef {import("./ledger.mjs").Ledger} Ledger
 * @typedef {import("./ledger.mjs").KnownHold} KnownHold
 *
 * @typedef {object} Item one item of a request.
 * @property {object | string} input as it is sent.
 * @property {string} [token] its own token.
 * @property {string[]} refusals the expected codes for clients that come too late.
 * @property {(result: object, ledger: Ledger) => void} onDone records what was done.
 */

const ENTRY = "pocketEntry { id token kind phoneNumber amount balanceAfter }";
const HOLD = "pocketHold { id token phoneNumber amount }";

/** The mutation of each operation, the name of its items, and what is selected of the results. */
const OPERATIONS = {
  debit: ["debitPockets", "debits", ENTRY],
  reverse: ["reversePocketEntries", "reversals", ENTRY],
  hold: ["holdPockets", "holds", HOLD],
  capture: ["captureHolds", "captures", `${ENTRY} ${HOLD}`],
  release: ["releaseHolds", "holdTokens", HOLD],
};

const NOT_PAYABLE = ["INSUFFICIENT_FUNDS", "POCKET_NOT_FOUND"];
const REVERSED_BEFORE = ["ALREADY_REVERSED", "ABOVE_REVERSIBLE_AMOUNT"];
const HOLD_ENDED = ["HOLD_CLOSED", "HOLD_EXPIRED"];

/**
 * @param {keyof typeof OPERATIONS} operation
 * @param {string} pocketGroupSlug
 * @param {Item[]} items
 * @returns {Intent & { tokens: string[] }}
 */
export function spendingRequest(operation, pocketGroupSlug, items) {
  const [mutation, list, fields] = OPERATIONS[operation];
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  return {
    query: `mutation ($input: ${type}!) { done: ${mutation}(input: $input) {
      results { status code wasMadeBefore available ${fields} } } }`,
    variables: { input: { pocketGroupSlug, [list]: items.map(({ input }) => input) } },
    tokens: items.flatMap(({ token }) => token ?? []),
    onResponse: ({ done: { results } }, { ledger, isRetry }) => {
      if (results.length !== items.length) {
        ledger.fail(`${items.length} items had ${results.length} results`);
        return;
      }
      for (const [at, result] of results.entries()) checkResult(items[at], result, ledger, isRetry);
    },
  };
}

function checkResult(item, result, ledger, isRetry) {
  const { status, code, wasMadeBefore, available } = result;
  if (available !== null && available < 0) ledger.fail(`${available} is available in a pocket`);
  // Only a retry, whose first attempt may have been committed, finds that the item was done.
  if (status === "SUCCESS" || (isRetry && wasMadeBefore)) item.onDone(result, ledger);
  else if (!item.refusals.includes(code)) {
    const when = isRetry ? " when it was retried" : "";
    ledger.fail(`${JSON.stringify(item.input)} got ${status} ${code}${when}`);
  }
}

/** @returns {Item} */
export function newDebit(phoneNumber, amount, onMade) {
  const token = uuidv7();
  return {
    input: { token, phoneNumber, amount },
    ...{ token, refusals: NOT_PAYABLE },
    onDone: ({ pocketEntry }, ledger) => {
      onMade(record(ledger, { token, kind: "DEBIT", phoneNumber, amount: -amount }, pocketEntry));
    },
  };
}

/**
 * @param {{ token: string, phoneNumber: string, amount: number }} entry a charge, or a debit with its negative amount.
 * @returns {Item}
 */
export function newReversal({ token: ofToken, phoneNumber, amount: original }, amount) {
  const token = uuidv7();
  const effect = original > 0 ? -amount : amount;
  return {
    input: { token, ofToken, amount },
    ...{ token, refusals: [...REVERSED_BEFORE, "INSUFFICIENT_FUNDS"] },
    onDone: ({ pocketEntry }, ledger) => {
      record(ledger, { token, kind: "REVERSAL", phoneNumber, amount: effect }, pocketEntry);
    },
  };
}

/**
 * @param {string | null} expiresAt
 * @param {(made: KnownHold) => void} onMade
 * @returns {Item}
 */
export function newHold(phoneNumber, amount, expiresAt, onMade) {
  const token = uuidv7();
  return {
    input: { token, phoneNumber, amount, expiresAt },
    ...{ token, refusals: expiresAt === null ? NOT_PAYABLE : [...NOT_PAYABLE, "INVALID_EXPIRY"] },
    onDone: ({ pocketHold }, ledger) => {
      const { id } = requireSame(ledger, { token, phoneNumber, amount }, pocketHold);
      const state = { capturedAmount: 0, isCaptured: false, isReleased: false };
      const made = { token, id, phoneNumber, amount, expiresAt, ...state };
      ledger.holds.set(token, made);
      onMade(made);
    },
  };
}

/**
 * @param {KnownHold} hold
 * @returns {Item}
 */
export function newCapture(hold, amount, final) {
  const { token: holdToken, phoneNumber } = hold;
  const token = uuidv7();
  return {
    input: { token, holdToken, amount, final },
    ...{ token, refusals: [...HOLD_ENDED, "ABOVE_HELD_AMOUNT"] },
    onDone: ({ pocketEntry }, ledger) => {
      record(ledger, { token, kind: "DEBIT", phoneNumber, amount: -amount }, pocketEntry);
      hold.capturedAmount += amount;
      if (hold.capturedAmount > hold.amount) ledger.fail(`${holdToken} was captured beyond it`);
      if (final || hold.capturedAmount === hold.amount) hold.isCaptured = true;
    },
  };
}

/**
 * @param {KnownHold} hold
 * @returns {Item}
 */
export function newRelease(hold) {
  return {
    input: hold.token,
    refusals: HOLD_ENDED,
    onDone: () => {
      hold.isReleased = true;
    },
  };
}

/** Records that a client received the entry, which must be the one that it asked for. */
function record(ledger, expected, entry) {
  const { id, balanceAfter } = requireSame(ledger, expected, entry);
  const known = { ...expected, id, balanceAfter };
  ledger.entries.set(known.token, known);
  return known;
}

function requireSame(ledger, expected, made) {
  const isSame = Object.entries(expected).every(([name, value]) => made?.[name] === value);
  if (!isSame) ledger.fail(`${JSON.stringify(expected)} got ${JSON.stringify(made)}`);
  return made ?? {};
}
