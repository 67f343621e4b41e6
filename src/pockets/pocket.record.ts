import { amount, dateTime, id, internalKey, text } from "../listing/field.js";
import { type RowOf, defineRecord } from "../listing/record.js";

export const pocketRecord = defineRecord({
  name: "Pocket",
  table: "pockets",
  description:
    "One user's balance in a pocket group. Made by its first charge and found by phone number.",
  fields: {
    pocketGroupId: internalKey,
    id: id("The pocket's UUIDv7."),
    phoneNumber: text("The user's mobile number in its stored form, such as `989123456789`."),
    balance: amount("The sum of all charges of the pocket, in the group's currency."),
    createdAt: dateTime("When the first charge made the pocket."),
    updatedAt: dateTime("When the last charge changed the balance."),
  },
});
export type Pocket = RowOf<typeof pocketRecord>;
