import { sql } from "../../database/sql.js";
import {
  amount,
  boolean,
  bytes,
  computed,
  currency,
  dateTime,
  enumeration,
  hidden,
  id,
  key,
  nullable,
  reference,
  text,
  uuid,
  virtual,
} from "../../records/field.js";
import { MERCHANT_DATA } from "../../records/merchant-data.js";
import { type RowOf, defineRecord } from "../../records/record.js";
import { eventsByStatus } from "../../records/record-event.js";
import { PaymentChargeMode, PaymentChargeStatus, PaymentProvider } from "../payment-enums.js";

const LISTED = { filter: true, sort: true } as const;
const GROUPED = { ...LISTED, group: true } as const;
const SUMMED = { ...LISTED, sum: true, average: true, extremes: true } as const;
const REFERRED = { sort: true, group: true } as const;
const FILTERED = { filter: true } as const;

export const paymentChargeRecord = defineRecord({
  name: "PaymentCharge",
  eventOf: eventsByStatus("PAYMENT_CHARGE"),
  table: "payment_charges",
  description:
    "A payment charge: the record of one payment and its progress. It does not move money itself; the provider fields show where the money moved.",
  currencyField: "currency",
  fields: {
    merchantId: key("The merchant that is paid."),
    id: id("The record's unique id: a UUIDv7 that the server generates.", LISTED),
    createdAt: dateTime("When the charge was created, by the database's clock.", {
      ...GROUPED,
      extremes: true,
    }),
    updatedAt: dateTime(
      "When the charge was last changed, by an update or a refund. Every change increases it.",
      LISTED,
    ),
    status: enumeration(
      PaymentChargeStatus,
      "The payment's status. `statusHistory` has every change.",
      GROUPED,
    ),
    isFrozen: hidden(boolean("Permanently true once the status has left CREATED.")),
    mode: enumeration(
      PaymentChargeMode,
      "How the payment is taken. Fixed once the status has left `CREATED`.",
      GROUPED,
    ),
    provider: enumeration(
      PaymentProvider,
      "The provider that moves the money. Fixed once the status has left `CREATED`.",
      GROUPED,
    ),
    amountInCents: amount(
      "The amount without the deposit, in the minor unit of the currency.",
      SUMMED,
    ),
    depositInCents: amount(
      "The deposit paid in addition to the amount, in the minor unit of the currency.",
      SUMMED,
    ),
    totalInCents: amount(
      "The sum of amount and deposit, in the minor unit of the currency.",
      SUMMED,
    ),
    currency: currency(
      "The currency of all amounts of the charge. Fixed once the status has left `CREATED`.",
      GROUPED,
    ),
    description: nullable(
      text(
        "The purpose of the payment, as the merchant described it. Null if none was given.",
        LISTED,
      ),
    ),
    providerId: nullable(text("The provider's id of the payment. Null until it is set.", LISTED)),
    providerMethod: nullable(
      text(
        "The provider's name of the method, such as `credit_card`, `cash` or `bank`. Null until it is set.",
        GROUPED,
      ),
    ),
    ...MERCHANT_DATA,
    providerSecret: virtual(
      computed(
        nullable(
          text(
            "The provider's secret, compared only as a whole: pattern operators are refused. Requires the scope `PROVIDER_SECRETS_READ`.",
            FILTERED,
          ),
        ),
        // The order by digest groups equal secrets, and reveals nothing else about them.
        (row) => sql`encode(${row}.provider_secret_digest, 'hex')`,
      ),
    ),
    providerSecretKeyId: nullable(hidden(text("The id of the key that encrypts the secret."))),
    providerSecretSealed: nullable(bytes("The encrypted secret.")),
    refundable: computed(
      boolean(
        "Whether `totalRefundableInCents` is above 0. Also true before the charge succeeds; false for a failed, canceled or expired charge.",
        LISTED,
      ),
      (row) =>
        sql`(${row}.total_refundable_in_cents > 0 and ${row}.status not in ('FAILED', 'CANCELED', 'EXPIRED'))`,
    ),
    amountRefundableInCents: amount(
      "The amount minus succeeded refunds of it. Pending refunds are not subtracted.",
      LISTED,
    ),
    amountRefundedInCents: amount(
      "The refunded part of the amount, by succeeded refunds, in the minor unit of the currency.",
      {
        ...LISTED,
        sum: true,
      },
    ),
    amountRefundingInCents: hidden(amount("The part of the amount that pending refunds reserve.")),
    depositRefundableInCents: amount(
      "The deposit minus succeeded refunds of it. Pending refunds are not subtracted.",
      LISTED,
    ),
    depositRefundedInCents: amount(
      "The refunded part of the deposit, by succeeded refunds, in the minor unit of the currency.",
      {
        ...LISTED,
        sum: true,
      },
    ),
    depositRefundingInCents: hidden(
      amount("The part of the deposit that pending refunds reserve."),
    ),
    totalRefundableInCents: amount(
      "The sum of amount and deposit minus succeeded refunds. Pending refunds are not subtracted.",
      LISTED,
    ),
    totalRefundedInCents: amount(
      "The refunded part of amount and deposit together, by succeeded refunds.",
      {
        ...LISTED,
        sum: true,
      },
    ),
    succeededAt: nullable(
      dateTime(
        "When the payment last succeeded: the time the caller gave, or when the status became `SUCCEEDED`. Null if it never did.",
        {
          ...GROUPED,
          extremes: true,
        },
      ),
    ),
    failedAt: nullable(
      dateTime("When the status last became `FAILED`. Null if it never did.", LISTED),
    ),
    canceledAt: nullable(
      dateTime("When the status last became `CANCELED`. Null if it never did.", LISTED),
    ),
    expiredAt: nullable(
      dateTime("When the status last became `EXPIRED`. Null if it never did.", LISTED),
    ),
    employeeId: nullable(
      reference(
        "The id of the employee who created the charge. Null if the token was tied to no employee.",
        REFERRED,
      ),
    ),
    orderId: nullable(
      reference(
        "The id of the order that is paid. Null if there is none. Never changes.",
        REFERRED,
      ),
    ),
    customerId: nullable(
      reference("The id of the customer who pays. Null if unknown. Never changes.", REFERRED),
    ),
    paymentMethodId: nullable(
      reference("The id of the payment method that is charged. Null if there is none.", LISTED),
    ),
    paymentAuthorizationId: nullable(
      reference(
        "The id of the authorization that the charge captures. Null if there is none. Never changes.",
        LISTED,
      ),
    ),
    capturedAuthorizationId: nullable(
      hidden(uuid("The id of the authorization after the charge has captured it.")),
    ),
  },
});
export type PaymentCharge = RowOf<typeof paymentChargeRecord>;
