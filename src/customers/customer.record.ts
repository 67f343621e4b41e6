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
import { type RowOf, defineRecord } from "../records/record.js";

export const customerRecord = defineRecord({
  name: "Customer",
  table: "customers",
  description: "A person or business that pays a merchant. Archived, never removed.",
  fields: {
    merchantId: key("The merchant that the customer belongs to."),
    id: id("A UUIDv7 made by the server; never changed."),
    createdAt: dateTime("When the customer was recorded, by the database's clock; never changed.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the customer was last changed.", { sort: true }),
    number: integer("Counted from 1 at each merchant, without gaps.", { sort: true }),
    name: text("The name that the merchant knows the customer by.", { filter: true, sort: true }),
    email: nullable(
      text("The address as the merchant wrote it; null when none was given.", { filter: true }),
    ),
    phoneNumber: nullable(
      phoneNumber(
        "The customer's phone number as the merchant wrote it, in ASCII characters; null when none was given.",
        { filter: true, asWritten: true },
      ),
    ),
    isArchived: boolean("True for one who is no longer served; payments stay either way.", {
      filter: true,
    }),
  },
});
export type Customer = RowOf<typeof customerRecord>;
