import type { AuthorizationStatus, ChargeStatus, RefundStatus } from "../transitions.js";

/** What it means that a payment gets a status, for the person who sets it. */
export type StatusEffects<Status extends string> = Readonly<Record<Status, string>>;

export const CHARGE_EFFECTS: StatusEffects<ChargeStatus> = {
  CREATED: "It waits to be started again.",
  STARTED: "The customer has started to pay.",
  ACTION_REQUIRED: "The customer must act, for example confirm at the bank.",
  PROCESSING: "The provider is working on the payment, and the outcome is not known yet.",
  SUCCEEDED: "It counts as paid, and can be refunded.",
  FAILED: "It does not count as paid, and cannot be refunded.",
  CANCELED: "It is no longer to be paid.",
  EXPIRED: "It was not paid in time.",
};

export const REFUND_EFFECTS: StatusEffects<RefundStatus> = {
  CREATED: "Its amount stays reserved on the charge.",
  ACTION_REQUIRED:
    "The customer or the merchant must act. Its amount stays reserved on the charge.",
  PENDING: "The provider is processing it. Its amount is reserved on the charge.",
  SUCCEEDED: "The money counts as returned to the customer.",
  FAILED: "The money was not returned. The amount can be refunded again.",
  CANCELED: "The money is not returned. The amount can be refunded again.",
  EXPIRED: "It was not made in time. The amount can be refunded again.",
};

export const AUTHORIZATION_EFFECTS: StatusEffects<AuthorizationStatus> = {
  CREATED: "It waits to be started again.",
  STARTED: "The customer has started to authorize it.",
  ACTION_REQUIRED: "The customer must act, for example confirm at the bank.",
  SUCCEEDED: "The funds are held, and can be captured once.",
  CAPTURED:
    "All of its funds count as captured. Set this only if they were captured outside Pocketcharge: a charge with the mode Capture does it by itself.",
  FAILED: "No funds are held.",
  CANCELED: "The funds are released, and can no longer be captured.",
  EXPIRED: "It was not captured in time, and the funds are released.",
};
