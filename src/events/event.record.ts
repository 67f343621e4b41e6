import {
  amount,
  dateTime,
  enumeration,
  hidden,
  id,
  integer,
  key,
  nullable,
  text,
  uuid,
} from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { EventSubjectType, EventType } from "./event-type.js";

/** The view of the rows that are events: rows of `pocket_ledger`, and audit entries of a merchant's records. */
export const eventRecord = defineRecord({
  name: "Event",
  table: "events",
  description:
    "A committed change of a record. Each change of a pocket, a payment, a payment method, a customer or an order is one event.",
  fields: {
    merchantId: key("The merchant that made the change, or that a freeze concerns.", {
      group: true,
    }),
    id: id("The event's unique id, a UUIDv7.", { derivation: "lastDigit" }),
    type: enumeration(EventType, "The kind of change, which also determines the type of `data`.", {
      filter: true,
      group: true,
    }),
    tenantId: hidden(
      nullable(uuid("The tenant of the audit entry; null for an event of a pocket.")),
    ),
    subjectType: hidden(
      enumeration(EventSubjectType, "The kind of record that the event is about.", {
        filter: true,
        group: true,
      }),
    ),
    subjectId: hidden(
      uuid("The id of the record that the event is about, such as a pocket or a payment charge.", {
        filter: true,
      }),
    ),
    sequence: integer(
      "The number of the event among all events of its subject: 1, 2, 3, without gaps. Other merchants' events of the same pocket count too, but are not shown; use `previousSequence` to find missed events.",
    ),
    position: hidden(
      amount(
        "The position in the order in which events become readable. A subject's events are in the order of `sequence`.",
        { sort: true },
      ),
    ),
    createdAt: dateTime("The time of the change, by the database's clock.", {
      filter: true,
      group: true,
      extremes: true,
    }),
    dataType: hidden(text("The GraphQL type of the event's record.")),
    dataId: hidden(nullable(uuid("The id of the event's record; null if it is the subject."))),
    pocketGroupId: hidden(nullable(uuid("The group of the pocket."))),
    phoneNumber: hidden(nullable(text("The phone number of the pocket."))),
  },
});
export type Event = RowOf<typeof eventRecord>;
