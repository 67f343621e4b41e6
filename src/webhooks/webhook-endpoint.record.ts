import { sql } from "../database/sql.js";
import { EventType } from "../events/event-type.js";
import {
  boolean,
  bytes,
  dateTime,
  enumList,
  enumeration,
  hidden,
  id,
  integer,
  key,
  nullable,
  text,
} from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { WebhookDisabledReason } from "./webhook-disabled-reason.js";

/** The row `before` of an update has only the changed columns. */
const UPDATE_EVENT = sql`
  case when to_jsonb(before) -> 'last_tested_at' is not null then 'WEBHOOK_ENDPOINT_TESTED'
       when to_jsonb(before) -> 'disabled_reason' is not null and written.disabled_reason is not null
         then 'WEBHOOK_ENDPOINT_DISABLED' end`;

export const webhookEndpointRecord = defineRecord({
  name: "WebhookEndpoint",
  table: "webhook_endpoints",
  description:
    "A URL to which the server sends the merchant's events. It is enabled until the merchant or the server disables it.",
  eventOf: (write) => (write === "update" ? UPDATE_EVENT : undefined),
  fields: {
    merchantId: key("The merchant whose events it receives."),
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    createdAt: dateTime("When the endpoint was created, by the database's clock.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime(
      "When the endpoint was last changed, tested or asked to send events again, by the database's clock.",
      { sort: true },
    ),
    url: text("Where the server sends events, by POST.", { filter: true, sort: true }),
    description: nullable(
      text("What the endpoint is for, as the merchant wrote it. Null if none was given.", {
        filter: true,
      }),
    ),
    types: enumList(
      EventType,
      "The types of events to send. Empty for all types, including those that later versions add.",
    ),
    dataSelection: nullable(
      text(
        "The GraphQL selection set on `Event` whose result is the `data` of a webhook. Null for the default of each type.",
      ),
    ),
    batchSize: integer(
      "The maximum number of events in one request. With 1, a webhook contains one event; with more, its `data` is a list.",
    ),
    isEnabled: boolean(
      "Whether events are sent. Events that occur while the endpoint is disabled are sent after it is enabled again, unless they are older than `EVENT_RETENTION`.",
      { filter: true },
    ),
    disabledReason: nullable(
      enumeration(
        WebhookDisabledReason,
        "Why the server disabled the endpoint. Null if it is enabled, or if the merchant disabled it.",
        { filter: true },
      ),
    ),
    secretKeyId: hidden(text("The id of the key that encrypts the secret.")),
    secretSealed: bytes("The encrypted secret that signs webhooks."),
    previousSecretKeyId: nullable(
      hidden(text("The id of the key that encrypts the previous secret.")),
    ),
    previousSecretSealed: nullable(
      bytes("The encrypted secret before the last rotation, which also signs until it expires."),
    ),
    previousSecretExpiresAt: nullable(
      dateTime(
        "Until when the secret before the last rotation also signs webhooks. Null if the secret was never rotated.",
      ),
    ),
    failingSince: nullable(
      dateTime(
        "When the first attempt failed after which no other has succeeded. After three days, the server disables the endpoint. Null if the last attempt succeeded, or if there was none.",
        { filter: true, sort: true },
      ),
    ),
    lastTestedAt: nullable(
      dateTime("When the merchant last asked for a test event. Null if it never did."),
    ),
    lastRedeliveryAt: nullable(
      dateTime("When the merchant last asked to send events again. Null if it never did."),
    ),
    lastDeliveredAt: nullable(
      dateTime(
        "When the receiver last accepted a webhook, by the database's clock. Null if it never did.",
        { filter: true, sort: true },
      ),
    ),
  },
});
export type WebhookEndpoint = RowOf<typeof webhookEndpointRecord>;
