import { listTypes } from "../../listing/connection.type.js";
import { objectType } from "../../listing/object-type.js";
import { payloadType } from "../payload.type.js";
import { paymentRefundRecord } from "./payment-refund.record.js";

export const PaymentRefundType = objectType(paymentRefundRecord);
export const paymentRefundLists = listTypes(paymentRefundRecord, PaymentRefundType);

export const PaymentRefundPayload = payloadType("PaymentRefund", PaymentRefundType, {
  payload: "Either a refund as it was recorded or changed, or why it was not.",
  record: "The refund as it is now; null when refused.",
});
