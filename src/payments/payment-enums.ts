import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

/** The enumerations of payments, shared by GraphQL, the rules and the database. */

export const PaymentProvider = defineEnumeration(
  "PaymentProvider",
  "The payment provider, which moves the money. This server only keeps the record.",
  {
    STRIPE: "Stripe, which is the default if no provider is given.",
    APP: "A payment through the merchant's own app.",
    NONE: "No provider: cash, a bank transfer, or any other payment that the merchant confirms itself.",
  },
);
export type PaymentProvider = ValueOf<typeof PaymentProvider>;

export const PaymentChargeStatus = defineEnumeration(
  "PaymentChargeStatus",
  "The progress of a payment, from its creation to success or failure.",
  {
    CREATED:
      "The charge is recorded but not started. Amounts, currency, mode and provider can still be changed.",
    STARTED: "The customer has started to pay.",
    ACTION_REQUIRED: "The customer must act, for example confirm at the bank.",
    PROCESSING: "The provider is working on the payment, and the outcome is not known yet.",
    SUCCEEDED: "The customer has paid. The charge can be refunded.",
    FAILED: "The payment failed, for example because the card was declined. It can be retried.",
    CANCELED: "The payment was canceled before it succeeded.",
    EXPIRED: "The payment was not made in time.",
  },
);
export type PaymentChargeStatus = ValueOf<typeof PaymentChargeStatus>;

export const PaymentChargeMode = defineEnumeration(
  "PaymentChargeMode",
  "How a payment is taken, such as by a request to the customer, at a terminal, or from an authorization.",
  {
    MANUAL: "Entered manually. With the provider NONE, it succeeds immediately.",
    OFF_SESSION: "Charged to a stored payment method while the customer is not present.",
    REQUEST: "Requested from the customer by a link or an e-mail. This is the default.",
    TERMINAL: "Taken at a card terminal.",
    CAPTURE: "Captured from the held funds of an authorization.",
    CHECKOUT: "Taken in a checkout. Reserved: records can have it, but input is refused.",
  },
);
export type PaymentChargeMode = ValueOf<typeof PaymentChargeMode>;

export const PaymentRefundStatus = defineEnumeration(
  "PaymentRefundStatus",
  "The progress of a refund, from its creation to success or failure.",
  {
    CREATED: "The refund is recorded. Its amount is already reserved on the charge.",
    PENDING: "The provider is processing the refund. Its amount is reserved on the charge.",
    ACTION_REQUIRED: "The customer or the merchant must act. Its amount is reserved on the charge.",
    SUCCEEDED: "The money was returned and counts as refunded.",
    FAILED: "The money was not returned. The amount can be refunded again.",
    CANCELED: "The refund was canceled. The amount can be refunded again.",
    EXPIRED: "The refund was not made in time. The amount can be refunded again.",
  },
);
export type PaymentRefundStatus = ValueOf<typeof PaymentRefundStatus>;

export const PaymentAuthorizationStatus = defineEnumeration(
  "PaymentAuthorizationStatus",
  "The progress of an authorization, from its creation to a capture or release.",
  {
    CREATED: "The authorization is recorded but not started.",
    STARTED: "The customer has started the authorization but not completed it.",
    ACTION_REQUIRED: "The customer must act, for example confirm at the bank.",
    SUCCEEDED: "The funds are held and can be captured, once.",
    CAPTURED: "The funds were captured in full or in part, and the rest was released.",
    FAILED: "No funds are held.",
    CANCELED: "The authorization was canceled, and the funds are released.",
    EXPIRED: "The authorization was not captured in time, and the funds are released.",
  },
);
export type PaymentAuthorizationStatus = ValueOf<typeof PaymentAuthorizationStatus>;

export const PaymentAuthorizationMode = defineEnumeration(
  "PaymentAuthorizationMode",
  "How the customer authorizes that funds are held.",
  {
    OFF_SESSION: "Held on a stored payment method while the customer is not present.",
    CHECKOUT: "Authorized in a checkout. Reserved: records can have it, but input is refused.",
    REQUEST: "Requested from the customer by a link or an e-mail.",
    TERMINAL: "The customer presents a card at a terminal.",
  },
);
export type PaymentAuthorizationMode = ValueOf<typeof PaymentAuthorizationMode>;

export const PaymentOwnerType = defineEnumeration(
  "PaymentOwnerType",
  "The type of record behind a payment.",
  {
    PAYMENT_CHARGE: "A payment charge: incoming money.",
    PAYMENT_REFUND: "A payment refund: returned money.",
    PAYMENT_AUTHORIZATION: "A payment authorization: held money.",
  },
);
export type PaymentOwnerType = ValueOf<typeof PaymentOwnerType>;
