import { amount, dateTime, id, internalKey, text, uuid } from "../listing/field.js";
import { type RowOf, defineRecord } from "../listing/record.js";

export const pocketChargeRecord = defineRecord({
  name: "PocketCharge",
  table: "pocket_charges",
  description: "An amount that a merchant added to a pocket. Never changed and never removed.",
  fields: {
    pocketGroupId: internalKey,
    merchantId: internalKey,
    id: id("The charge's UUIDv7, made by the server."),
    token: uuid("The merchant's UUIDv7 that makes the charge safe to repeat; unique in the group."),
    phoneNumber: text(
      "The mobile number of the charged pocket in its stored form, such as `989123456789`.",
    ),
    amount: amount("What was added to the balance, in the group's currency; above 0."),
    balanceAfter: amount("The pocket's balance right after this charge."),
    createdAt: dateTime(
      "When the charge was made. All charges of one request made together share it.",
    ),
  },
});
export type PocketCharge = RowOf<typeof pocketChargeRecord>;
