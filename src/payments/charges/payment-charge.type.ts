import { listTypes } from "../../listing/connection.type.js";
import { objectType } from "../../listing/object-type.js";
import { payloadType } from "../payload.type.js";
import { paymentChargeRecord } from "./payment-charge.record.js";

export const PaymentChargeType = objectType(paymentChargeRecord);
export const paymentChargeLists = listTypes(paymentChargeRecord, PaymentChargeType);

export const PaymentChargePayload = payloadType("PaymentCharge", PaymentChargeType, {
  payload: "Either a charge as it was recorded or changed, or why it was not.",
  record: "The charge as it is now; null when refused.",
});
