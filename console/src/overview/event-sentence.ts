import { formatMoney } from "../shared/money.js";
import { wordsOf } from "../shared/words.js";
import type { EventShown } from "./event-queries.js";

type EventType = EventShown["type"];
type Data = NonNullable<EventShown["data"]>;

/** An event in words around the name of its record: "IRR 5.00 was charged to 98912…". */
export interface EventSentence {
  readonly before: string;
  readonly record: string;
  readonly after: string;
  /** The record's page in the console; null if it has none. */
  readonly href: string | null;
}

const POCKET_VERBS: Readonly<Partial<Record<EventType, string>>> = {
  POCKET_CHARGED: "was charged to",
  POCKET_DEBITED: "was debited from",
  POCKET_ENTRY_REVERSED: "was reversed in",
  POCKET_ENTRY_EXPIRED: "expired in",
  POCKET_HOLD_OPENED: "was held in",
  POCKET_HOLD_CAPTURED: "was captured from a hold in",
};

/** The amount of a hold that has ended is not that of the event, because parts may have been captured. */
const ENDED_HOLDS: Readonly<Partial<Record<EventType, string>>> = {
  POCKET_HOLD_RELEASED: "A hold was released in",
  POCKET_HOLD_EXPIRED: "A hold expired in",
};

/** By the status that a payment entered. */
const STATUS_VERBS: Readonly<Record<string, string>> = {
  ACTION_REQUIRED: "has the status “Action required”",
  CANCELED: "was canceled",
  CAPTURED: "was captured",
  CREATED: "was created",
  EXPIRED: "expired",
  FAILED: "failed",
  PENDING: "is pending",
  PROCESSING: "is being processed",
  STARTED: "was started",
  SUCCEEDED: "succeeded",
  UPDATED: "was changed",
};

const PAYMENTS = {
  PaymentCharge: { noun: "Payment", path: "/payments" },
  PaymentRefund: { noun: "Refund", path: "/payments/refunds" },
  PaymentAuthorization: { noun: "Authorization", path: "/payments/authorizations" },
} as const;

export function sentenceOf({ type, data }: EventShown): EventSentence {
  // An operator reads no data of payments.
  if (data === null) return plain(wordsOf(type), "", "");
  const name = data.__typename;
  if (name === "PocketEntry" || name === "PocketHold") {
    const { slug, currency, currencyMinorUnits } = data.pocketGroup;
    const money = formatMoney(Math.abs(data.amount), currency, currencyMinorUnits);
    const before = ENDED_HOLDS[type] ?? `${money} ${POCKET_VERBS[type] ?? "changed in"}`;
    return { before, ...pocketOf(slug, data.phoneNumber), after: "" };
  }
  if (name === "Pocket") {
    const after = type === "POCKET_FROZEN" ? "was frozen" : "was unfrozen";
    return { before: "Pocket", ...pocketOf(data.pocketGroup.slug, data.phoneNumber), after };
  }
  if (name === "PaymentCharge" || name === "PaymentRefund" || name === "PaymentAuthorization") {
    return paymentOf(type, data);
  }
  if (name === "Customer") return plain("Customer", data.customerName, changeOf(type));
  if (name === "Order") return plain("Order", String(data.orderNumber), changeOf(type));
  if (name === "PaymentMethod") return plain("Payment method", data.label, changeOf(type));
  if (name === "WebhookEndpoint") return plain("Webhook endpoint", data.url, changeOf(type));
  return plain(wordsOf(type), "", "");
}

type PaymentData = Extract<Data, { readonly __typename: keyof typeof PAYMENTS }>;

function paymentOf(type: EventType, data: PaymentData): EventSentence {
  const { id, totalInCents, currency, currencyMinorUnits } = data;
  const money = formatMoney(totalInCents, currency, currencyMinorUnits);
  const status = type.replace(/^PAYMENT_(CHARGE|REFUND|AUTHORIZATION)_/, "");
  const { noun, path } = PAYMENTS[data.__typename];
  return {
    before: "",
    record: `${noun} of ${money}`,
    after: STATUS_VERBS[status] ?? wordsOf(status).toLowerCase(),
    href: `${path}/${id}`,
  };
}

function pocketOf(slug: string, phoneNumber: string): Pick<EventSentence, "record" | "href"> {
  const href = `/pockets/${encodeURIComponent(slug)}/${encodeURIComponent(phoneNumber)}`;
  return { record: phoneNumber, href };
}

function plain(before: string, record: string, after: string): EventSentence {
  return { before, record, after, href: null };
}

function changeOf(type: EventType): string {
  if (type.endsWith("_CREATED")) return "was added";
  if (type.endsWith("_DISABLED")) return "was disabled by the server";
  return type.endsWith("_TESTED") ? "got a test event" : "was changed";
}
