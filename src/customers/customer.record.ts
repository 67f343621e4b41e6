import {
  boolean,
  dateTime,
  id,
  integer,
  key,
  nullable,
  phoneNumber,
  text,
} from "../records/field.js";
import { MERCHANT_DATA } from "../records/merchant-data.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { eventsByWrite } from "../records/record-event.js";

export const customerRecord = defineRecord({
  name: "Customer",
  eventOf: eventsByWrite("CUSTOMER"),
  table: "customers",
  description:
    "A person or business that pays a merchant. Customers can be archived but not deleted.",
  fields: {
    merchantId: key("The merchant that the customer belongs to."),
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    createdAt: dateTime("When the customer was created, by the database's clock.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the customer was last updated, by the database's clock.", {
      sort: true,
    }),
    number: integer("A sequential number within the merchant, starting at 1 and without gaps.", {
      sort: true,
    }),
    name: text("The customer's name, as the merchant entered it.", { filter: true, sort: true }),
    email: nullable(
      text("The customer's e-mail address, as the merchant entered it. Null if none was given.", {
        filter: true,
      }),
    ),
    phoneNumber: nullable(
      phoneNumber(
        "The customer's phone number as the merchant entered it, in ASCII characters. Null if none was given.",
        { filter: true, asWritten: true },
      ),
    ),
    isArchived: boolean("Whether the customer is archived. Archiving does not affect payments.", {
      filter: true,
    }),
    ...MERCHANT_DATA,
  },
});
export type Customer = RowOf<typeof customerRecord>;
