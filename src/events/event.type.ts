import { ID } from "type-graphql";
import { enumTypeOf } from "../graphql/enum-type.js";
import { listTypes } from "../listing/connection.type.js";
import { add, plainType } from "../listing/graphql-class.js";
import { objectType } from "../listing/object-type.js";
import { EventSubjectType } from "./event-type.js";
import { eventRecord } from "./event.record.js";

export const EventObjectType = objectType(eventRecord);

export const EventSubject = plainType(
  "EventSubject",
  "The record that an event is about. `sequence` counts the events of one subject.",
);
add(EventSubject, "type", () => enumTypeOf(EventSubjectType), "The kind of record.");
add(EventSubject, "id", () => ID, "The record's id, as `node` accepts it.");

export const eventListTypes = listTypes(
  eventRecord,
  EventObjectType,
  "the oldest event comes first",
);
