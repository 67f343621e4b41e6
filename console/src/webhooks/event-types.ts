import type { ResultOf } from "../api/graphql.js";
import type { Scope } from "../api/viewer.js";
import { wordsOf } from "../shared/words.js";
import type { ENDPOINT } from "./endpoint-documents.js";

type Endpoint = NonNullable<ResultOf<typeof ENDPOINT>["webhookEndpoint"]>;
export type EventType = Endpoint["types"][number];

/** The scope that reads the events of a group of types; null if every token may. */
interface EventGroup {
  readonly name: string;
  readonly scope: Scope | null;
}

const POCKETS: EventGroup = { name: "Pockets", scope: "POCKETS_READ" };
const CHARGES: EventGroup = { name: "Payment charges", scope: "PAYMENTS_READ" };
const REFUNDS: EventGroup = { name: "Payment refunds", scope: "PAYMENTS_READ" };
const AUTHORIZATIONS: EventGroup = { name: "Payment authorizations", scope: "PAYMENTS_READ" };
const METHODS: EventGroup = { name: "Payment methods", scope: "PAYMENTS_READ" };
const SALES: EventGroup = { name: "Customers and orders", scope: "PAYMENTS_READ" };
const ENDPOINTS: EventGroup = { name: "Webhook endpoints", scope: null };

/** Every type of event. A type that the schema adds does not compile until it is here. */
const GROUP_OF = {
  POCKET_CHARGED: POCKETS,
  POCKET_DEBITED: POCKETS,
  POCKET_ENTRY_REVERSED: POCKETS,
  POCKET_ENTRY_EXPIRED: POCKETS,
  POCKET_HOLD_OPENED: POCKETS,
  POCKET_HOLD_CAPTURED: POCKETS,
  POCKET_HOLD_RELEASED: POCKETS,
  POCKET_HOLD_EXPIRED: POCKETS,
  POCKET_FROZEN: POCKETS,
  POCKET_UNFROZEN: POCKETS,
  PAYMENT_CHARGE_CREATED: CHARGES,
  PAYMENT_CHARGE_STARTED: CHARGES,
  PAYMENT_CHARGE_ACTION_REQUIRED: CHARGES,
  PAYMENT_CHARGE_PROCESSING: CHARGES,
  PAYMENT_CHARGE_SUCCEEDED: CHARGES,
  PAYMENT_CHARGE_FAILED: CHARGES,
  PAYMENT_CHARGE_CANCELED: CHARGES,
  PAYMENT_CHARGE_EXPIRED: CHARGES,
  PAYMENT_CHARGE_UPDATED: CHARGES,
  PAYMENT_REFUND_CREATED: REFUNDS,
  PAYMENT_REFUND_PENDING: REFUNDS,
  PAYMENT_REFUND_ACTION_REQUIRED: REFUNDS,
  PAYMENT_REFUND_SUCCEEDED: REFUNDS,
  PAYMENT_REFUND_FAILED: REFUNDS,
  PAYMENT_REFUND_CANCELED: REFUNDS,
  PAYMENT_REFUND_EXPIRED: REFUNDS,
  PAYMENT_REFUND_UPDATED: REFUNDS,
  PAYMENT_AUTHORIZATION_CREATED: AUTHORIZATIONS,
  PAYMENT_AUTHORIZATION_STARTED: AUTHORIZATIONS,
  PAYMENT_AUTHORIZATION_ACTION_REQUIRED: AUTHORIZATIONS,
  PAYMENT_AUTHORIZATION_SUCCEEDED: AUTHORIZATIONS,
  PAYMENT_AUTHORIZATION_CAPTURED: AUTHORIZATIONS,
  PAYMENT_AUTHORIZATION_FAILED: AUTHORIZATIONS,
  PAYMENT_AUTHORIZATION_CANCELED: AUTHORIZATIONS,
  PAYMENT_AUTHORIZATION_EXPIRED: AUTHORIZATIONS,
  PAYMENT_AUTHORIZATION_UPDATED: AUTHORIZATIONS,
  PAYMENT_METHOD_CREATED: METHODS,
  PAYMENT_METHOD_UPDATED: METHODS,
  CUSTOMER_CREATED: SALES,
  CUSTOMER_UPDATED: SALES,
  ORDER_CREATED: SALES,
  ORDER_UPDATED: SALES,
  WEBHOOK_ENDPOINT_DISABLED: ENDPOINTS,
  WEBHOOK_ENDPOINT_TESTED: ENDPOINTS,
} as const satisfies Record<EventType, EventGroup>;

const EVENT_TYPES = Object.keys(GROUP_OF) as EventType[];

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(GROUP_OF, text);
}

type May = (...anyOf: readonly Scope[]) => boolean;

/** The types that a token may have sent, as the options of an input, by what they are about. */
export function eventTypeOptions(may: May) {
  return [...new Set(Object.values(GROUP_OF))]
    .filter(({ scope }) => scope === null || may(scope))
    .map((group) => ({
      group: group.name,
      items: EVENT_TYPES.filter((type) => GROUP_OF[type] === group).map((type) => ({
        value: type,
        label: wordsOf(type),
      })),
    }));
}

/** The scopes that a token lacks to decide what an endpoint with these types gets. No types are all types. */
export function missingScopes(types: readonly EventType[], may: May): Scope[] {
  const needed = (types.length === 0 ? EVENT_TYPES : types).map((type) => GROUP_OF[type].scope);
  return [...new Set(needed)].filter((scope) => scope !== null && !may(scope)) as Scope[];
}

/** The types of an endpoint in words. */
export function typesInWords(types: readonly EventType[]): string {
  if (types.length === 0) return "All events";
  return types.map(wordsOf).join(", ");
}
