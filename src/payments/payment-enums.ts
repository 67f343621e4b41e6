import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

/** The words of payments, as GraphQL, the rules and the database know them. */

export const PaymentProvider = defineEnumeration(
  "PaymentProvider",
  "Where the money moves: this server keeps the record alone.",
  {
    STRIPE: "A payment at Stripe; the provider of a payment that names none.",
    APP: "Paid through an app of the merchant's own.",
    NONE: "No provider: cash, a bank transfer, or whatever the merchant saw by itself.",
  },
);
export type PaymentProvider = ValueOf<typeof PaymentProvider>;

export const PaymentChargeStatus = defineEnumeration(
  "PaymentChargeStatus",
  "How far a payment has come.",
  {
    CREATED: "Recorded and not begun; amounts, currency, mode and provider may still change.",
    STARTED: "The customer has begun to pay.",
    ACTION_REQUIRED: "The customer has to do something, such as a confirmation at the bank.",
    PROCESSING: "The provider works on it, and its end is not known yet.",
    SUCCEEDED: "Paid. Only now can it be refunded.",
    FAILED: "Not paid; it may be tried again.",
    CANCELED: "Called off before it was paid.",
    EXPIRED: "Not paid in time.",
  },
);
export type PaymentChargeStatus = ValueOf<typeof PaymentChargeStatus>;

export const PaymentChargeMode = defineEnumeration(
  "PaymentChargeMode",
  "How a payment is taken: asked for, at a terminal, by hand, or out of what is stored or held.",
  {
    MANUAL: "Entered by hand; with the provider NONE it has succeeded at once.",
    OFF_SESSION: "Charged to a stored payment method without the customer being there.",
    REQUEST: "Asked of the customer, by a link or a mail; the mode of a payment that names none.",
    TERMINAL: "Taken by a card terminal.",
    CAPTURE: "Taken out of a payment authorization that holds the funds.",
    CHECKOUT: "Made by a checkout. Reserved: it can be read and is refused in input.",
  },
);
export type PaymentChargeMode = ValueOf<typeof PaymentChargeMode>;

export const PaymentRefundStatus = defineEnumeration(
  "PaymentRefundStatus",
  "How far a refund has come.",
  {
    CREATED: "Recorded; its amount is already set aside from what is left of the charge.",
    PENDING: "The provider works on it; its amount is set aside.",
    ACTION_REQUIRED: "Somebody has to do something; its amount is set aside.",
    SUCCEEDED: "The money went back; it counts as refunded.",
    FAILED: "The money did not go back; its amount can be refunded again.",
    CANCELED: "Called off; its amount can be refunded again.",
    EXPIRED: "Not done in time; its amount can be refunded again.",
  },
);
export type PaymentRefundStatus = ValueOf<typeof PaymentRefundStatus>;

export const PaymentAuthorizationStatus = defineEnumeration(
  "PaymentAuthorizationStatus",
  "How far an authorization has come.",
  {
    CREATED: "Recorded and not begun.",
    STARTED: "The customer has begun to authorize.",
    ACTION_REQUIRED: "The customer has to do something, such as a confirmation at the bank.",
    SUCCEEDED: "The funds are held and can be captured, once.",
    CAPTURED: "The funds, or a part of them, were taken; the rest was released.",
    FAILED: "No funds are held.",
    CANCELED: "Called off; the funds are released.",
    EXPIRED: "Not captured in time; the funds are released.",
  },
);
export type PaymentAuthorizationStatus = ValueOf<typeof PaymentAuthorizationStatus>;

export const PaymentAuthorizationMode = defineEnumeration(
  "PaymentAuthorizationMode",
  "How funds come to be held.",
  {
    OFF_SESSION: "Held on a stored payment method without the customer being there.",
    CHECKOUT: "Held by a checkout. Reserved: it can be read and is refused in input.",
    REQUEST: "Asked of the customer, by a link or a mail.",
    TERMINAL: "Held by a card terminal.",
  },
);
export type PaymentAuthorizationMode = ValueOf<typeof PaymentAuthorizationMode>;

export const PaymentOwnerType = defineEnumeration(
  "PaymentOwnerType",
  "What kind of record a payment is.",
  {
    PAYMENT_CHARGE: "Money that comes in.",
    PAYMENT_REFUND: "Money that goes back.",
    PAYMENT_AUTHORIZATION: "Money that is held.",
  },
);
export type PaymentOwnerType = ValueOf<typeof PaymentOwnerType>;
