import { listTypes } from "../../listing/connection.type.js";
import { objectType } from "../../listing/object-type.js";
import { payloadType } from "../payload.type.js";
import { paymentAuthorizationRecord } from "./payment-authorization.record.js";

export const PaymentAuthorizationType = objectType(paymentAuthorizationRecord);
export const paymentAuthorizationLists = listTypes(
  paymentAuthorizationRecord,
  PaymentAuthorizationType,
);

export const PaymentAuthorizationPayload = payloadType(
  "PaymentAuthorization",
  PaymentAuthorizationType,
  {
    payload: "Either an authorization as it was recorded or changed, or why it was not.",
    record: "The authorization as it is now; null when refused.",
  },
);
