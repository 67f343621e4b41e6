import type { EventType } from "../events/event-type.js";
import { present } from "../shared/assert.js";

/** The kinds of records in the data of webhooks, with the selection on each. */
const RECORDS = {
  PocketEntry: `id token kind amount balanceAfter phoneNumber pocketGroup { slug currency }
    reversalOfId pocketHoldId reference note metadata { key value } createdAt`,
  PocketHold: `id token status amount capturedAmount phoneNumber pocketGroup { slug currency }
    reference note metadata { key value } expiresAt closedAt createdAt updatedAt`,
  Pocket: `id phoneNumber balance heldAmount available freezeScope freezeReason
    pocketGroup { slug currency } createdAt updatedAt`,
  PaymentCharge: `id status mode provider providerId providerMethod amountInCents depositInCents totalInCents
    amountRefundedInCents depositRefundedInCents totalRefundedInCents currency description reference
    metadata { key value } orderId customerId paymentMethodId paymentAuthorizationId
    succeededAt failedAt canceledAt expiredAt createdAt updatedAt`,
  PaymentRefund: `id status provider providerId providerMethod amountInCents depositInCents totalInCents currency
    description reason failureReason reference metadata { key value } paymentChargeId orderId customerId
    succeededAt failedAt canceledAt expiredAt createdAt updatedAt`,
  PaymentAuthorization: `id status mode provider providerId providerMethod amountInCents depositInCents totalInCents
    totalCapturableInCents totalCapturedInCents currency description reference metadata { key value }
    orderId customerId paymentMethodId captureBefore
    capturedAt succeededAt failedAt canceledAt expiredAt createdAt updatedAt`,
  PaymentMethod: "id provider identifier methodType label customerId createdAt updatedAt",
  Customer: `id number name email phoneNumber isArchived reference metadata { key value } createdAt updatedAt`,
  Order: `id number status totalInCents paidInCents currency customerId reference metadata { key value }
    createdAt updatedAt`,
  WebhookEndpoint: "id url isEnabled disabledReason failingSince createdAt updatedAt",
} as const;

type RecordName = keyof typeof RECORDS;

/** The record of an event by the beginning of its type. The first match counts. */
const RECORD_OF: readonly (readonly [string, RecordName])[] = [
  ["POCKET_HOLD_CAPTURED", "PocketEntry"],
  ["POCKET_HOLD_", "PocketHold"],
  ["POCKET_FROZEN", "Pocket"],
  ["POCKET_UNFROZEN", "Pocket"],
  ["POCKET_", "PocketEntry"],
  ["PAYMENT_CHARGE_", "PaymentCharge"],
  ["PAYMENT_REFUND_", "PaymentRefund"],
  ["PAYMENT_AUTHORIZATION_", "PaymentAuthorization"],
  ["PAYMENT_METHOD_", "PaymentMethod"],
  ["CUSTOMER_", "Customer"],
  ["ORDER_", "Order"],
  ["WEBHOOK_ENDPOINT_", "WebhookEndpoint"],
];

/**
 * The selection on `Event` for endpoints without their own: the event's identity and order, and the record under its
 * own name, such as `paymentCharge`.
 */
export function defaultSelectionOf(type: EventType): string {
  const found = RECORD_OF.find(([beginning]) => type.startsWith(beginning));
  const [, record] = present(found, `the record of ${type}`);
  const alias = record.charAt(0).toLowerCase() + record.slice(1);
  return `{
    id sequence previousSequence subject { type id }
    ${alias}: data { ... on ${record} { ${RECORDS[record]} } }
  }`;
}
