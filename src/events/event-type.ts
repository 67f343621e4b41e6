import { type ValueOf, defineEnumeration, valuesOf } from "../shared/enumeration.js";

/** What an event can be about: the record whose events share one numbering. */
export const EventSubjectType = defineEnumeration(
  "EventSubjectType",
  "The kind of record that an event is about.",
  {
    POCKET: "A pocket.",
    PAYMENT_CHARGE: "A payment charge.",
    PAYMENT_REFUND: "A payment refund.",
    PAYMENT_AUTHORIZATION: "A payment authorization.",
    PAYMENT_METHOD: "A stored payment method.",
    CUSTOMER: "A customer.",
    ORDER: "An order.",
    WEBHOOK_ENDPOINT: "A webhook endpoint.",
  },
);
export type EventSubjectType = ValueOf<typeof EventSubjectType>;

/** The name of each type in webhooks is derived from it: `POCKET_ENTRY_REVERSED` is `pocket.entry_reversed`. */
export const EventType = defineEnumeration(
  "EventType",
  "What happened. In webhooks, a type is written like `pocket.charged` or `payment_charge.succeeded`.",
  {
    POCKET_CHARGED: "The merchant topped up a pocket. `data` is the `PocketEntry`.",
    POCKET_DEBITED: "The merchant spent from a pocket. `data` is the `PocketEntry`.",
    POCKET_ENTRY_REVERSED:
      "The merchant took back a charge or a debit, or a part of it. `data` is the reversal's `PocketEntry`.",
    POCKET_ENTRY_EXPIRED:
      "Reserved for amounts that expire. `data` is the `PocketEntry`. No event has this type yet.",
    POCKET_HOLD_OPENED: "The merchant reserved an amount. `data` is the `PocketHold`.",
    POCKET_HOLD_CAPTURED:
      "The merchant spent from a hold. `data` is the debit's `PocketEntry`, which has the hold.",
    POCKET_HOLD_RELEASED: "The merchant released a hold. `data` is the `PocketHold`.",
    POCKET_HOLD_EXPIRED:
      "A hold expired. Reported when the hold is closed, which may be later. `data` is the `PocketHold`.",
    POCKET_FROZEN:
      "A pocket was frozen, or its freeze has another scope or reason. Every merchant with the group gets its own event. `data` is the `Pocket`.",
    POCKET_UNFROZEN:
      "A pocket's freeze was lifted. Every merchant with the group gets its own event. `data` is the `Pocket`.",
    ...byStatus("PAYMENT_CHARGE", "PaymentCharge", "charge", [
      "STARTED",
      "ACTION_REQUIRED",
      "PROCESSING",
      "SUCCEEDED",
      "FAILED",
      "CANCELED",
      "EXPIRED",
    ]),
    ...byStatus("PAYMENT_REFUND", "PaymentRefund", "refund", [
      "PENDING",
      "ACTION_REQUIRED",
      "SUCCEEDED",
      "FAILED",
      "CANCELED",
      "EXPIRED",
    ]),
    ...byStatus("PAYMENT_AUTHORIZATION", "PaymentAuthorization", "authorization", [
      "STARTED",
      "ACTION_REQUIRED",
      "SUCCEEDED",
      "CAPTURED",
      "FAILED",
      "CANCELED",
      "EXPIRED",
    ]),
    PAYMENT_METHOD_CREATED: "A payment method was stored. `data` is the `PaymentMethod`.",
    PAYMENT_METHOD_UPDATED: "A payment method was updated. `data` is the `PaymentMethod`.",
    CUSTOMER_CREATED: "A customer was created. `data` is the `Customer`.",
    CUSTOMER_UPDATED: "A customer was updated or archived. `data` is the `Customer`.",
    ORDER_CREATED: "An order was created. `data` is the `Order`.",
    ORDER_UPDATED: "An order was updated. `data` is the `Order`.",
    WEBHOOK_ENDPOINT_TESTED:
      "The merchant asked for a test with `sendTestEvent`. Only this endpoint gets the event, whatever its `types` are. `data` is the `WebhookEndpoint`.",
    WEBHOOK_ENDPOINT_DISABLED:
      "The server disabled a webhook endpoint, because it failed for three days or answered 410. `data` is the `WebhookEndpoint`.",
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
    `A ${noun} entered the status ${status}, also if it was created with it. ${data}`,
  ]);
  return Object.fromEntries([
    [`${prefix}_CREATED`, `A ${noun} was created with the status CREATED. ${data}`],
    [
      `${prefix}_UPDATED`,
      `A ${noun} was changed without entering another status, or went back to CREATED. ${data}`,
    ],
    ...entered,
  ]) as ByStatus<P, S>;
}

/** The longest subjects first, because `POCKET` could begin another. */
const SUBJECTS = valuesOf(EventSubjectType).toSorted((a, b) => b.length - a.length);

/** The name of an event type in webhooks, such as `pocket.charged`. */
export function wireNameOf(type: EventType): string {
  const subject = SUBJECTS.find((one) => type.startsWith(`${one}_`)) ?? "";
  return `${subject}.${type.slice(subject.length + 1)}`.toLowerCase();
}
