import { listTypes } from "../../listing/connection.type.js";
import { objectType } from "../../listing/object-type.js";
import { payloadType } from "../payload.type.js";
import { paymentAuthorizationRecord } from "./payment-authorization.record.js";

export const PaymentAuthorizationType = objectType(paymentAuthorizationRecord);
export const paymentAuthorizationListTypes = listTypes(
  paymentAuthorizationRecord,
  PaymentAuthorizationType,
);

export const PaymentAuthorizationPayload = payloadType(
  "PaymentAuthorization",
  PaymentAuthorizationType,
  {
    payload: "The created or updated authorization, or the reasons why the input was refused.",
    record: "The authorization after the change. Null if the input was refused.",
  },
);
