import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

export const WebhookDeliveryStatus = defineEnumeration(
  "WebhookDeliveryStatus",
  "How far the delivery of an event to a webhook endpoint has come.",
  {
    PENDING: "The event is waiting for its first attempt or its next one, or is being sent.",
    DELIVERED: "The receiver answered with a status from 200 to 299.",
    FAILED:
      "The receiver did not accept the event in three days. It is sent again only on request.",
    CANCELED: "The endpoint was deleted before the receiver accepted the event.",
  },
);
export type WebhookDeliveryStatus = ValueOf<typeof WebhookDeliveryStatus>;
