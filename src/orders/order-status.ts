import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

/** An order's status is the merchant's own word: any may follow any. */
export const OrderStatus = defineEnumeration("OrderStatus", "How far an order has come.", {
  NEW: "Just begun; the status of an order that names none.",
  DRAFT: "Being put together, nothing is promised yet.",
  RESERVED: "What was ordered is set aside for the customer.",
  STARTED: "What was ordered is with the customer.",
  STOPPED: "What was ordered has come back, or was delivered.",
  ARCHIVED: "Done with, and kept for the records.",
  CANCELED: "Called off.",
});
export type OrderStatus = ValueOf<typeof OrderStatus>;
