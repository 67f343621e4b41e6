import { boolean, dateTime, id, key, text } from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";

export const employeeRecord = defineRecord({
  name: "Employee",
  table: "employees",
  description:
    "A person at a merchant. What is made with a token tied to an employee carries the employee's id.",
  fields: {
    merchantId: key("The merchant that the employee works for."),
    id: id("A UUIDv7 made by the server; never changed."),
    createdAt: dateTime("When the employee was recorded, by the database's clock; never changed.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the employee was last changed.", { sort: true }),
    name: text("What the person is called; two may share one.", { filter: true, sort: true }),
    email: text("The person's e-mail address in lower case, unique at the merchant in any case.", {
      filter: true,
      letters: "lower",
    }),
    isActive: boolean("False stops every token that is tied to the employee.", { filter: true }),
  },
});
export type Employee = RowOf<typeof employeeRecord>;
