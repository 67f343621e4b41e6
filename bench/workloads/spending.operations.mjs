import { Buffer } from "node:buffer";
import { randomInt } from "node:crypto";
import { uuidv7 } from "uuidv7";

const POCKET_COUNT = 10_000;
const MAX_AMOUNT = 100;

const RESULTS = "results { token status message";

/** The documents of the writing cases. Each result has its record, as a shop would ask for it. */
const DOCUMENTS = {
  charge: `mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) { ${RESULTS} pocketCharge { balanceAfter } } } }`,
  debit: `mutation ($input: DebitPocketsInput!) { debitPockets(input: $input) { ${RESULTS} pocketEntry { balanceAfter } } } }`,
  hold: `mutation ($input: HoldPocketsInput!) { holdPockets(input: $input) { ${RESULTS} pocketHold { status } } } }`,
  capture: `mutation ($input: CaptureHoldsInput!) { captureHolds(input: $input) { ${RESULTS} pocketEntry { balanceAfter } } } }`,
};
const LISTS = { charge: "charges", debit: "debits", hold: "holds", capture: "captures" };

export function phoneNumberOf(index) {
  return `98912${String(index).padStart(7, "0")}`;
}

/** Every pocket that the cases use, with enough money for all debits. */
export function fillingCharges() {
  return Array.from({ length: POCKET_COUNT }, (_, index) => ({
    token: uuidv7(),
    phoneNumber: phoneNumberOf(index),
    amount: 1_000_000_000,
  }));
}

/** New items of one kind, each with its own token. */
export function newItems({ batchSize, isHot }) {
  return Array.from({ length: batchSize }, () => ({
    token: uuidv7(),
    phoneNumber: phoneNumberOf(isHot ? 0 : randomInt(POCKET_COUNT)),
    amount: 1 + randomInt(MAX_AMOUNT),
  }));
}

/** The body of a request with these items. */
export function bodyOf(kind, pocketGroupSlug, items) {
  const input = { pocketGroupSlug, [LISTS[kind]]: items };
  return Buffer.from(JSON.stringify({ query: DOCUMENTS[kind], variables: { input } }));
}

/** A benchmark must not count refused items. */
export function requireSuccess(answer, count) {
  const [payload] = Object.values(JSON.parse(answer).data ?? {});
  const results = payload?.results ?? [];
  const done = results.filter(({ status }) => status === "SUCCESS");
  if (done.length === count && results.length === count) return;
  throw new Error(`${done.length} of ${count} items succeeded: ${answer.slice(0, 1_000)}`);
}
