import { EventType } from "../events/event-type.js";
import {
  amount,
  dateTime,
  enumeration,
  hidden,
  id,
  integer,
  key,
  nullable,
  reference,
  text,
  uuid,
} from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { WebhookDeliveryStatus } from "./webhook-delivery-status.js";

export const webhookDeliveryRecord = defineRecord({
  name: "WebhookDelivery",
  table: "webhook_deliveries",
  description:
    "One event for one webhook endpoint, and how its delivery went. An endpoint has at most one delivery of an event; sending it again changes the same delivery.",
  fields: {
    merchantId: key("The merchant whose event it is."),
    id: id("The delivery's unique id: a UUIDv7 that the server generates."),
    createdAt: dateTime(
      "When the event was added to the endpoint's queue, by the database's clock.",
      {
        filter: true,
        sort: true,
        group: true,
      },
    ),
    updatedAt: dateTime(
      "When the delivery was last attempted, finished or requested again, by the database's clock.",
      { filter: true, sort: true },
    ),
    endpointId: reference(
      "The endpoint that gets the event, as an id. The endpoint may have been deleted since.",
      {
        group: true,
      },
    ),
    eventId: reference("The id of the event, which is listed for `EVENT_RETENTION`.", {
      derivation: "lastDigit",
    }),
    eventType: enumeration(EventType, "What the event reports, such as POCKET_CHARGED.", {
      filter: true,
      group: true,
    }),
    subjectId: reference(
      "The id of the record that the event is about, whose events are delivered in order.",
    ),
    position: hidden(amount("The event's place in the order of the merchant's events.")),
    sequence: hidden(integer("The event's place in the order of its subject's events.")),
    status: enumeration(WebhookDeliveryStatus, "How far the delivery has come.", {
      filter: true,
      sort: true,
      group: true,
    }),
    attempts: integer(
      "How often the event was sent since it was added to the queue or last requested again.",
      { filter: true, sort: true, average: true, extremes: true },
    ),
    messageId: nullable(
      uuid(
        "The `webhook-id` of the request, which is the same for every attempt: the event's id, or a UUIDv8 that names the events of a batch. Null before the first attempt.",
        { filter: true },
      ),
    ),
    responseStatus: nullable(
      integer("The HTTP status of the last response. Null if there was none.", {
        filter: true,
        sort: true,
        group: true,
      }),
    ),
    responseBody: nullable(
      text(
        "The first 1,024 bytes of the last response as text. Null if there was no response. Bytes that are not UTF-8 are replaced.",
      ),
    ),
    error: nullable(text("Why the last attempt failed, for people to read. Null if it succeeded.")),
    durationMs: nullable(
      integer("How many milliseconds the last attempt took. Null before the first attempt ends.", {
        filter: true,
        sort: true,
        average: true,
        extremes: true,
      }),
    ),
    nextAttemptAt: nullable(
      dateTime(
        "When the next attempt is due. Null if the delivery is not pending, or if it waits for the delivery of an earlier event of the same subject.",
        { filter: true, sort: true },
      ),
    ),
  },
});
export type WebhookDelivery = RowOf<typeof webhookDeliveryRecord>;
