import { boolean, dateTime, id, internalKey, text } from "../listing/field.js";
import { type RowOf, defineRecord } from "../listing/record.js";

export const employeeRecord = defineRecord({
  name: "Employee",
  table: "employees",
  description:
    "A person at a merchant. What is made with a token tied to an employee carries the employee's id.",
  fields: {
    merchantId: internalKey,
    id: id("The employee's UUIDv7."),
    createdAt: dateTime("When the employee was made."),
    updatedAt: dateTime("When the employee was last changed."),
    name: text("The person's name."),
    email: text("The person's e-mail address in lower case, unique at the merchant."),
    isActive: boolean("False stops every token that is tied to the employee."),
  },
});
export type Employee = RowOf<typeof employeeRecord>;
