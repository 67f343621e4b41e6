import { unionType } from "../../graphql/union.js";
import { listTypes } from "../../listing/connection.type.js";
import { objectType } from "../../listing/object-type.js";
import type { PaymentAuthorization } from "../authorizations/payment-authorization.record.js";
import { PaymentAuthorizationType } from "../authorizations/payment-authorization.type.js";
import type { PaymentCharge } from "../charges/payment-charge.record.js";
import { PaymentChargeType } from "../charges/payment-charge.type.js";
import type { PaymentRefund } from "../refunds/payment-refund.record.js";
import { PaymentRefundType } from "../refunds/payment-refund.type.js";
import { paymentRecord } from "./payment.record.js";

export const PaymentType = objectType(paymentRecord);
export const paymentListTypes = listTypes(paymentRecord, PaymentType);

export type PaymentOwner = PaymentCharge | PaymentRefund | PaymentAuthorization;

export const PaymentOwnerUnion = unionType({
  name: "PaymentOwner",
  description: "The record behind a payment: a charge, a refund or an authorization.",
  types: () => [PaymentChargeType, PaymentRefundType, PaymentAuthorizationType],
  typeOf: (owner) => {
    if ("amountRefundedInCents" in owner) return "PaymentCharge";
    return "amountCapturedInCents" in owner ? "PaymentAuthorization" : "PaymentRefund";
  },
});
