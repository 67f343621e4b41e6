import { boolean, dateTime, id, key, text } from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";

export const employeeRecord = defineRecord({
  name: "Employee",
  table: "employees",
  description:
    "A person who works for a merchant. Records created with an employee's token carry the employee's id.",
  fields: {
    merchantId: key("The merchant that the employee works for."),
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    createdAt: dateTime("When the employee was created, by the database's clock.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the employee was last updated, by the database's clock.", {
      sort: true,
    }),
    name: text("The employee's name. Not necessarily unique.", { filter: true, sort: true }),
    email: text(
      "The employee's e-mail address, in lower case. Unique within the merchant, ignoring case.",
      {
        filter: true,
        letters: "lower",
      },
    ),
    isActive: boolean(
      "Whether the employee's tokens are accepted. If false, requests with them are refused.",
      { filter: true },
    ),
  },
});
export type Employee = RowOf<typeof employeeRecord>;
