import { uuidv7 } from "uuidv7";

/**
 * @typedef {{ token: string, phoneNumber: string, amount: number }} Charge
 * @typedef {import("./ledger.mjs").Intent} Intent
 */

const COLD_POCKETS = 3_000;
const HOT_POCKETS = 4;
const HOT_SHARE = 0.5;
const MAX_AMOUNT = 10_000;

export const CHARGE = `mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) {
  results { token phoneNumber amount status code pocketCharge { id token phoneNumber amount balanceAfter } } } }`;

/** The pockets that receive every other charge, in the order in which they are locked. */
export const HOT_PHONE_NUMBERS = Array.from({ length: HOT_POCKETS }, (_, at) => phoneNumber(at));

/** @param {import("./random.mjs").Random} random */
export function randomPhoneNumber(random) {
  if (random.isIn(HOT_SHARE)) return random.pick(HOT_PHONE_NUMBERS);
  return phoneNumber(HOT_POCKETS + random.between(0, COLD_POCKETS - 1));
}

export function phoneNumber(at) {
  return `98912${String(at).padStart(7, "0")}`;
}

/**
 * @param {import("./random.mjs").Random} random
 * @returns {Charge}
 */
export function newCharge(random, number = randomPhoneNumber(random)) {
  return { token: uuidv7(), phoneNumber: number, amount: random.between(1, MAX_AMOUNT) };
}

/**
 * A request with new charges.
 *
 * @param {string} pocketGroupSlug
 * @param {Charge[]} charges
 * @param {(made: Charge) => void} [onMade]
 * @returns {Intent & { tokens: string[] }}
 */
export function chargeRequest(pocketGroupSlug, charges, onMade = () => undefined) {
  return {
    query: CHARGE,
    variables: { input: { pocketGroupSlug, charges } },
    tokens: charges.map(({ token }) => token),
    onResponse: ({ chargePockets: { results } }, { ledger, isRetry }) => {
      if (results.length !== charges.length) {
        ledger.fail(`${charges.length} charges had ${results.length} results`);
        return;
      }
      for (const [at, result] of results.entries())
        checkResult(charges[at], result, { ledger, isRetry, onMade });
    },
  };
}

function checkResult(charge, { status, code, pocketCharge }, { ledger, isRetry, onMade }) {
  // A duplicate is a success only for a retry, whose first attempt may have been committed.
  const isMade = status === "SUCCESS" || (isRetry && code === "DUPLICATE_TOKEN");
  if (!isMade || pocketCharge === null) {
    ledger.fail(
      `${JSON.stringify(charge)} got ${status} ${code}${isRetry ? " when it was retried" : ""}`,
    );
    return;
  }
  acknowledge(charge, pocketCharge, ledger);
  onMade(charge);
}

/** Records that a client received the charge. Receiving it again must give the same values. */
export function acknowledge(charge, { id, token, phoneNumber, amount, balanceAfter }, ledger) {
  const isSame =
    token === charge.token && phoneNumber === charge.phoneNumber && amount === charge.amount;
  if (!isSame) ledger.fail(`${JSON.stringify(charge)} got another charge: ${id}`);
  const known = ledger.charges.get(charge.token);
  if (known === undefined) ledger.charges.set(charge.token, { ...charge, id, balanceAfter });
  else if (known.id !== id || known.balanceAfter !== balanceAfter) {
    ledger.fail(
      `${charge.token} made ${known.id} with balance ${known.balanceAfter}, and ${id} with balance ${balanceAfter}`,
    );
  }
}
