import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

export const EventType = defineEnumeration("EventType", "What an event reports.", {
  POCKET_CHARGED: "A pocket was charged.",
  PAYMENT_CHARGE_CREATED: "A payment charge was created.",
  PAYMENT_CHARGE_SUCCEEDED: "A payment charge succeeded.",
  WEBHOOK_ENDPOINT_TESTED: "A test event was sent to a webhook endpoint.",
});
export type EventType = ValueOf<typeof EventType>;
