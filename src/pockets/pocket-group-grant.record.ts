import { dateTime, key } from "../records/field.js";
import { defineRecord } from "../records/record.js";

/** A merchant's permission to use a group. Shown as the group's merchants and the merchant's groups. */
export const pocketGroupGrantRecord = defineRecord({
  name: "PocketGroupGrant",
  table: "pocket_group_grants",
  description: "A merchant's permission to charge and read the pockets of a group.",
  fields: {
    merchantId: key("The merchant that may use the group."),
    pocketGroupId: key("The group that is granted."),
    createdAt: dateTime("When the grant was made, by the database's clock."),
  },
});
