import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

/** An order's status is the merchant's own word: any may follow any. */
export const OrderStatus = defineEnumeration(
  "OrderStatus",
  "How far an order has come, in the merchant's own judgement.",
  {
    NEW: "Just begun; the status of an order that names none.",
    DRAFT: "Being put together, nothing is promised yet.",
    RESERVED: "What was asked for is set aside for the customer.",
    STARTED: "What was asked for is now with the customer.",
    STOPPED: "What was asked for has come back, or was delivered.",
    ARCHIVED: "Done with, and kept for the records.",
    CANCELED: "Called off.",
  },
);
export type OrderStatus = ValueOf<typeof OrderStatus>;
