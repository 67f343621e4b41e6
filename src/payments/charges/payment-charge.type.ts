import { listTypes } from "../../listing/connection.type.js";
import { objectType } from "../../listing/object-type.js";
import { payloadType } from "../payload.type.js";
import { paymentChargeRecord } from "./payment-charge.record.js";

export const PaymentChargeType = objectType(paymentChargeRecord);
export const paymentChargeListTypes = listTypes(paymentChargeRecord, PaymentChargeType);

export const PaymentChargePayload = payloadType("PaymentCharge", PaymentChargeType, {
  payload: "The created or updated charge, or the reasons why the input was refused.",
  record: "The charge after the change. Null if the input was refused.",
});
