import { boolean, dateTime, id, key, text } from "../listing/field.js";
import { type RowOf, defineRecord } from "../listing/record.js";

export const employeeRecord = defineRecord({
  name: "Employee",
  table: "employees",
  description:
    "A person at a merchant. What is made with a token tied to an employee carries the employee's id.",
  fields: {
    merchantId: key("The merchant that the employee works for."),
    id: id("The employee's UUIDv7."),
    createdAt: dateTime("When the employee was made.", { filter: true, sort: true }),
    updatedAt: dateTime("When the employee was last changed.", { sort: true }),
    name: text("The person's name.", { filter: true, sort: true }),
    email: text("The person's e-mail address in lower case, unique at the merchant.", {
      filter: true,
      letters: "lower",
    }),
    isActive: boolean("False stops every token that is tied to the employee.", { filter: true }),
  },
});
export type Employee = RowOf<typeof employeeRecord>;
