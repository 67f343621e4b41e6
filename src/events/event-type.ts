import { present } from "../shared/assert.js";
import { type ValueOf, defineEnumeration, valuesOf } from "../shared/enumeration.js";

/** The kinds of records that have events. The events of one record share one numbering. */
export const EventSubjectType = defineEnumeration(
  "EventSubjectType",
  "The kind of record that an event is about.",
  {
    POCKET: "A pocket. Its events are charges, debits, reversals, holds and freezes.",
    PAYMENT_CHARGE: "A payment charge. Its events are named after the status that it enters.",
    PAYMENT_REFUND: "A payment refund. Its events are named after the status that it enters.",
    PAYMENT_AUTHORIZATION:
      "A payment authorization. Its events are named after the status that it enters.",
    PAYMENT_METHOD: "A stored payment method. It is created and updated, and never deleted.",
    CUSTOMER: "A customer. It is created and updated, and never deleted.",
    ORDER: "An order. It is created and updated, and never deleted.",
    WEBHOOK_ENDPOINT: "A webhook endpoint. Its only event is that the server disabled it.",
  },
);
export type EventSubjectType = ValueOf<typeof EventSubjectType>;

/** Webhooks derive their names from these: `POCKET_ENTRY_REVERSED` is `pocket.entry_reversed`. */
export const EventType = defineEnumeration(
  "EventType",
  "The kind of change. Webhooks use other names for the types, such as `pocket.charged` and `payment_charge.succeeded`.",
  {
    POCKET_CHARGED: "The merchant topped up a pocket. `data` is the `PocketEntry`.",
    POCKET_DEBITED: "The merchant spent from a pocket. `data` is the `PocketEntry`.",
    POCKET_ENTRY_REVERSED:
      "The merchant reversed a charge or a debit, or a part of it. `data` is the reversal's `PocketEntry`.",
    POCKET_ENTRY_EXPIRED:
      "Reserved for amounts that expire; no event has this type yet. `data` is the `PocketEntry`.",
    POCKET_HOLD_OPENED: "The merchant reserved an amount of a pocket. `data` is the `PocketHold`.",
    POCKET_HOLD_CAPTURED:
      "The merchant captured a hold, or a part of it. `data` is the debit's `PocketEntry`, which has the hold.",
    POCKET_HOLD_RELEASED: "The merchant released a hold. `data` is the `PocketHold`.",
    POCKET_HOLD_EXPIRED:
      "A hold expired. The server writes this event when it closes the hold, usually within seconds of its `expiresAt`. `data` is the `PocketHold`.",
    POCKET_FROZEN:
      "A pocket was frozen, or its freeze has another scope or reason. Each merchant that is granted the group has its own event. `data` is the `Pocket`.",
    POCKET_UNFROZEN:
      "The freeze of a pocket was lifted. Each merchant that is granted the group has its own event. `data` is the `Pocket`.",
    ...byStatus("PAYMENT_CHARGE", "PaymentCharge", "A payment charge", [
      "STARTED",
      "ACTION_REQUIRED",
      "PROCESSING",
      "SUCCEEDED",
      "FAILED",
      "CANCELED",
      "EXPIRED",
    ]),
    ...byStatus("PAYMENT_REFUND", "PaymentRefund", "A payment refund", [
      "PENDING",
      "ACTION_REQUIRED",
      "SUCCEEDED",
      "FAILED",
      "CANCELED",
      "EXPIRED",
    ]),
    ...byStatus("PAYMENT_AUTHORIZATION", "PaymentAuthorization", "A payment authorization", [
      "STARTED",
      "ACTION_REQUIRED",
      "SUCCEEDED",
      "CAPTURED",
      "FAILED",
      "CANCELED",
      "EXPIRED",
    ]),
    PAYMENT_METHOD_CREATED: "The merchant added a payment method. `data` is the `PaymentMethod`.",
    PAYMENT_METHOD_UPDATED:
      "The merchant changed or detached a payment method. `data` is the `PaymentMethod`.",
    CUSTOMER_CREATED: "The merchant added a customer. `data` is the `Customer`.",
    CUSTOMER_UPDATED: "The merchant changed or archived a customer. `data` is the `Customer`.",
    ORDER_CREATED: "The merchant added an order. `data` is the `Order`.",
    ORDER_UPDATED: "The merchant changed an order, such as its status. `data` is the `Order`.",
    WEBHOOK_ENDPOINT_TESTED:
      "The merchant sent a test event with `sendTestEvent`. Only this endpoint receives it, regardless of its `types`. `data` is the `WebhookEndpoint`.",
    WEBHOOK_ENDPOINT_DISABLED:
      "The server disabled a webhook endpoint, because it had failed for three days or had responded with 410. `data` is the `WebhookEndpoint`.",
  },
);
export type EventType = ValueOf<typeof EventType>;

type ByStatus<P extends string, S extends string> = Record<
  `${P}_CREATED` | `${P}_UPDATED` | `${P}_${S}`,
  string
>;

function byStatus<const P extends string, const S extends string>(
  prefix: P,
  type: string,
  noun: string,
  statuses: readonly S[],
): ByStatus<P, S> {
  const data = `\`data\` is the \`${type}\`.`;
  const entered = statuses.map((status) => [
    `${prefix}_${status}`,
    `${noun} entered the status ${status}, or was created with it. ${data}`,
  ]);
  return Object.fromEntries([
    [`${prefix}_CREATED`, `${noun} was created with the status CREATED. ${data}`],
    [
      `${prefix}_UPDATED`,
      `${noun} was changed without entering another status, or returned to CREATED. ${data}`,
    ],
    ...entered,
  ]) as ByStatus<P, S>;
}

/** The longest names first, because one may begin with another. */
const SUBJECTS = valuesOf(EventSubjectType).toSorted((a, b) => b.length - a.length);

/** The kind of record that the events of a type are about. */
export function subjectTypeOf(type: EventType): EventSubjectType {
  const subject = SUBJECTS.find((one) => type.startsWith(`${one}_`));
  return present(subject, `the subject of ${type}`);
}

/** The name of an event type in webhooks, such as `pocket.charged`. */
export function wireNameOf(type: EventType): string {
  const subject = subjectTypeOf(type);
  return `${subject}.${type.slice(subject.length + 1)}`.toLowerCase();
}
