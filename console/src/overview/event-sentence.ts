import { formatMoney } from "../shared/money.js";
import { wordsOf } from "../shared/words.js";
import type { EventShown } from "./event-queries.js";

type EventType = EventShown["type"];
type Data = NonNullable<EventShown["data"]>;

/** An event in words, and the page of what it is about. */
export interface EventSentence {
  readonly text: string;
  /** The name of the record in the sentence; null if there is none to show. */
  readonly record: string | null;
  /** The record's page in the console; null if it has none. */
  readonly href: string | null;
}

const POCKET_VERBS: Readonly<Partial<Record<EventType, string>>> = {
  POCKET_CHARGED: "was charged to",
  POCKET_DEBITED: "was debited from",
  POCKET_ENTRY_REVERSED: "was reversed on",
  POCKET_ENTRY_EXPIRED: "expired on",
  POCKET_HOLD_OPENED: "was held on",
  POCKET_HOLD_CAPTURED: "was captured from a hold on",
  POCKET_HOLD_RELEASED: "is no longer held, because its hold was released, on",
  POCKET_HOLD_EXPIRED: "is no longer held, because its hold expired, on",
};

const PAYMENTS: Readonly<Partial<Record<Data["__typename"], string>>> = {
  PaymentCharge: "Payment",
  PaymentRefund: "Refund",
  PaymentAuthorization: "Authorization",
};

/** The first sentence of the schema's description, for a person. */
export function sentenceOf({ type, data }: EventShown): EventSentence {
  switch (data?.__typename) {
    case "PocketEntry":
    case "PocketHold": {
      const amount = Math.abs(data.amount);
      const { slug, currency, currencyMinorUnits } = data.pocketGroup;
      const money = formatMoney(amount, currency, currencyMinorUnits);
      const text = `${money} ${POCKET_VERBS[type] ?? "changed on"} the pocket`;
      return { text, ...pocketOf(slug, data.phoneNumber) };
    }
    case "Pocket": {
      const text = type === "POCKET_FROZEN" ? "Froze the pocket" : "Unfroze the pocket";
      return { text, ...pocketOf(data.pocketGroup.slug, data.phoneNumber) };
    }
    case "PaymentCharge":
    case "PaymentRefund":
    case "PaymentAuthorization": {
      const { id, totalInCents, currency, currencyMinorUnits } = data;
      const money = formatMoney(totalInCents, currency, currencyMinorUnits);
      const noun = PAYMENTS[data.__typename] ?? "Payment";
      return { text: statusOf(type), record: `${noun} of ${money}`, href: `/payments/${id}` };
    }
    case "Customer":
      return { text: changeOf(type, "Customer"), record: data.customerName, href: null };
    case "Order":
      return { text: changeOf(type, "Order"), record: String(data.orderNumber), href: null };
    case "PaymentMethod":
      return { text: changeOf(type, "Payment method"), record: data.label, href: null };
    case "WebhookEndpoint":
      return { text: wordsOf(type), record: data.url, href: null };
    default:
      return { text: wordsOf(type), record: null, href: null };
  }
}

function pocketOf(slug: string, phoneNumber: string): Omit<EventSentence, "text"> {
  const href = `/pockets/${encodeURIComponent(slug)}/${encodeURIComponent(phoneNumber)}`;
  return { record: phoneNumber, href };
}

/** `PAYMENT_CHARGE_ACTION_REQUIRED` is `Action required`. */
function statusOf(type: EventType): string {
  return wordsOf(type.replace(/^PAYMENT_(CHARGE|REFUND|AUTHORIZATION)_/, ""));
}

function changeOf(type: EventType, noun: string): string {
  return `${noun} ${type.endsWith("_CREATED") ? "added" : "changed"}`;
}
