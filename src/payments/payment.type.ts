import { Field, ObjectType } from "type-graphql";
import { unionType } from "../graphql/union.js";
import { UserErrorsField } from "../graphql/user-error.type.js";
import { type ConnectionTypes, connectionTypes, listTypes } from "../listing/connection.type.js";
import type { GraphqlClass } from "../listing/graphql-class.js";
import { objectType } from "../listing/object-type.js";
import type { Enumeration } from "../shared/enumeration.js";
import type { UserError } from "../shared/user-error.js";
import {
  type PaymentAuthorization,
  paymentAuthorizationRecord,
} from "./authorizations/payment-authorization.record.js";
import { type PaymentCharge, paymentChargeRecord } from "./charges/payment-charge.record.js";
import {
  PaymentAuthorizationStatus,
  PaymentChargeStatus,
  PaymentRefundStatus,
} from "./payment-enums.js";
import { type PaymentMethod, paymentMethodRecord } from "./methods/payment-method.record.js";
import { type PaymentRefund, paymentRefundRecord } from "./refunds/payment-refund.record.js";
import { paymentRecord } from "./payment.record.js";
import { statusChangeRecord } from "./status-change.record.js";

export const PaymentChargeType = objectType(paymentChargeRecord);
export const PaymentRefundType = objectType(paymentRefundRecord);
export const PaymentAuthorizationType = objectType(paymentAuthorizationRecord);
export const PaymentMethodType = objectType(paymentMethodRecord);
export const PaymentType = objectType(paymentRecord);

export const paymentChargeLists = listTypes(paymentChargeRecord, PaymentChargeType);
export const paymentRefundLists = listTypes(paymentRefundRecord, PaymentRefundType);
export const paymentAuthorizationLists = listTypes(
  paymentAuthorizationRecord,
  PaymentAuthorizationType,
);
export const paymentMethodLists = listTypes(paymentMethodRecord, PaymentMethodType);
export const paymentLists = listTypes(paymentRecord, PaymentType);

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

/** The GraphQL types of one kind of payment's history. */
interface StatusHistory {
  readonly Change: GraphqlClass;
  readonly Connection: ConnectionTypes<typeof statusChangeRecord>["Connection"];
  readonly statuses: Enumeration;
}

/** Each kind has statuses of its own, and so a type of its own. */
function statusHistory(kind: string, statuses: Enumeration): StatusHistory {
  const name = `${kind}StatusChange`;
  const description = `A status change of a ${kind}. History entries are never changed or deleted.`;
  const record = { ...statusChangeRecord, name, description };
  const Change = objectType(record);
  return { Change, statuses, Connection: connectionTypes(record, Change).Connection };
}

export const chargeHistory = statusHistory("PaymentCharge", PaymentChargeStatus);
export const refundHistory = statusHistory("PaymentRefund", PaymentRefundStatus);
export const authorizationHistory = statusHistory(
  "PaymentAuthorization",
  PaymentAuthorizationStatus,
);

@ObjectType("PaymentChargePayload", {
  description: "The created or updated charge, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class PaymentChargePayload {
  @Field(() => PaymentChargeType, {
    nullable: true,
    description: "The charge after the change. Null if the input was refused.",
  })
  paymentCharge!: PaymentCharge | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("PaymentRefundPayload", {
  description: "The created or updated refund, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class PaymentRefundPayload {
  @Field(() => PaymentRefundType, {
    nullable: true,
    description: "The refund after the change. Null if the input was refused.",
  })
  paymentRefund!: PaymentRefund | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("PaymentAuthorizationPayload", {
  description: "The created or updated authorization, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class PaymentAuthorizationPayload {
  @Field(() => PaymentAuthorizationType, {
    nullable: true,
    description: "The authorization after the change. Null if the input was refused.",
  })
  paymentAuthorization!: PaymentAuthorization | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("PaymentMethodPayload", {
  description: "The recorded or detached payment method, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class PaymentMethodPayload {
  @Field(() => PaymentMethodType, {
    nullable: true,
    description: "The payment method after the change. Null if the input was refused.",
  })
  paymentMethod!: PaymentMethod | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
