import { uuidv7 } from "uuidv7";

/**
 * @typedef {import("./ledger.mjs").Intent} Intent
 * @typedef {import("./ledger.mjs").KnownPayment} KnownPayment
 */

const FIELDS = "id status totalInCents orderId";
const ERRORS = "userErrors { code message }";
const NAMES = {
  charge: "PaymentCharge",
  refund: "PaymentRefund",
  authorization: "PaymentAuthorization",
};

/** The expected errors of clients that lose a race to refund a charge or capture an authorization. */
const TOO_LATE = {
  refund: ["EXCEEDS_REFUNDABLE", "NOT_REFUNDABLE"],
  capture: ["EXCEEDS_CAPTURABLE", "NOT_CAPTURABLE"],
};

/**
 * A request that creates a payment once, by its key. The created payment is recorded and passed to `onMade`.
 *
 * @param {keyof typeof NAMES} kind
 * @param {object} input
 * @param {(made: KnownPayment, ledger: import("./ledger.mjs").Ledger) => void} onMade
 * @returns {Intent & { key: string }}
 */
function creation(kind, input, onMade = () => undefined, refusals = []) {
  const name = NAMES[kind];
  const key = uuidv7();
  return {
    query: `mutation ($input: Create${name}Input!) { made: create${name}(input: $input) {
      record: payment${name.slice("Payment".length)} { ${FIELDS} } ${ERRORS} } }`,
    variables: { input: { ...input, idempotencyKey: key } },
    key,
    onResponse: ({ made: { record, userErrors } }, { ledger }) => {
      if (record === null) {
        const isLate = userErrors.every(({ code }) => refusals.includes(code));
        if (!isLate) ledger.fail(`create${name} was refused: ${JSON.stringify(userErrors)}`);
        return;
      }
      const payment = { kind, ...record, refundedInCents: 0, capturedInCents: 0 };
      if (ledger.payments.has(record.id)) ledger.fail(`two keys created the payment ${record.id}`);
      ledger.payments.set(record.id, payment);
      onMade(payment, ledger);
    },
  };
}

/** @param {{ amountInCents: number, depositInCents: number, status: string, orderId: string | null }} input */
export function createCharge(input, onMade) {
  return creation("charge", input, onMade);
}

export function createAuthorization(amountInCents, onMade) {
  return creation("authorization", { amountInCents, mode: "REQUEST", status: "SUCCEEDED" }, onMade);
}

/** @param {KnownPayment} charge */
export function refundCharge(charge, amountInCents) {
  const input = { paymentChargeId: charge.id, amountInCents, status: "SUCCEEDED" };
  const onMade = () => {
    charge.refundedInCents += amountInCents;
  };
  return creation("refund", input, onMade, TOO_LATE.refund);
}

/** @param {KnownPayment} authorization */
export function captureAuthorization(authorization, amountInCents) {
  const input = {
    mode: "CAPTURE",
    paymentAuthorizationId: authorization.id,
    amountInCents,
    status: "SUCCEEDED",
  };
  const onMade = (_charge, ledger) => {
    if (authorization.status === "CAPTURED") ledger.fail(`${authorization.id} was captured twice`);
    authorization.capturedInCents = amountInCents;
    authorization.status = "CAPTURED";
  };
  return creation("charge", input, onMade, TOO_LATE.capture);
}

/**
 * @param {KnownPayment} charge no other client changes it at the same time.
 * @returns {Intent}
 */
export function updateCharge(charge, status, onDone) {
  return {
    query: `mutation ($id: ID!, $input: UpdatePaymentChargeInput!) {
      updatePaymentCharge(id: $id, input: $input) { paymentCharge { ${FIELDS} } ${ERRORS} } }`,
    variables: { id: charge.id, input: { status } },
    onResponse: ({ updatePaymentCharge: { paymentCharge, userErrors } }, { ledger }) => {
      if (paymentCharge?.status !== status) {
        ledger.fail(`${charge.id} was not set to ${status}: ${JSON.stringify(userErrors)}`);
        return;
      }
      charge.status = status;
      onDone(charge);
    },
  };
}
