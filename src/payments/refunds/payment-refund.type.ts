import { listTypes } from "../../listing/connection.type.js";
import { objectType } from "../../listing/object-type.js";
import { payloadType } from "../payload.type.js";
import { paymentRefundRecord } from "./payment-refund.record.js";

export const PaymentRefundType = objectType(paymentRefundRecord);
export const paymentRefundListTypes = listTypes(paymentRefundRecord, PaymentRefundType);

export const PaymentRefundPayload = payloadType("PaymentRefund", PaymentRefundType, {
  payload: "The created or updated refund, or the reasons why the input was refused.",
  record: "The refund after the change. Null if the input was refused.",
});
