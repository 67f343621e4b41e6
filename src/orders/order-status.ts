import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

/** The merchant sets an order's status. Any status may follow any other. */
export const OrderStatus = defineEnumeration(
  "OrderStatus",
  "The status of an order. The merchant sets it, and any status may follow any other.",
  {
    NEW: "The initial status, which is the default.",
    DRAFT: "The order is being prepared and is not binding yet.",
    RESERVED: "The items are set aside for the customer.",
    STARTED: "The customer has the items, for example at the start of a rental.",
    STOPPED: "The items were returned or delivered.",
    ARCHIVED: "The order is closed and kept for reference.",
    CANCELED: "Called off.",
  },
);
export type OrderStatus = ValueOf<typeof OrderStatus>;
