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

/** A view of the rows that are events: those of `pocket_ledger`, and audit entries of a merchant's records. */
export const eventRecord = defineRecord({
  name: "Event",
  table: "events",
  description:
    "Something that has happened, as it was committed: every change of a pocket, a payment, a customer or an order is one event.",
  fields: {
    merchantId: key("The merchant that the event is reported to.", { group: true }),
    id: id("The event's unique id, a UUIDv7."),
    type: enumeration(EventType, "What happened, which also determines the type of `data`.", {
      filter: true,
      group: true,
    }),
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
      "The number of the event in its subject's history: 1, 2, 3, without gaps. Events of other merchants on the same pocket are counted, but not shown: compare `previousSequence`.",
    ),
    position: hidden(amount("The place of the event in the list of all events.", { sort: true })),
    createdAt: dateTime("When the change was made, by the database's clock.", {
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
