import { Field, ObjectType } from "type-graphql";
import { EmployeeType } from "../access/access.type.js";
import type { Employee } from "../access/employee.record.js";
import { Lazy } from "../graphql/lazy.js";
import { enumTypeOf } from "../graphql/enum-type.js";
import { DateTime } from "../graphql/scalars.js";
import { unionType } from "../graphql/union.js";
import { USER_ERRORS, UserErrorType } from "../graphql/user-error.type.js";
import { listTypes } from "../listing/connection.type.js";
import { type GraphqlClass, add, plainType } from "../listing/graphql-class.js";
import { objectType } from "../listing/object-type.js";
import type { Enumeration } from "../shared/enumeration.js";
import type { UserError } from "../shared/user-error.js";
import {
  type PaymentAuthorization,
  paymentAuthorizationRecord,
} from "./payment-authorization.record.js";
import { type PaymentCharge, paymentChargeRecord } from "./payment-charge.record.js";
import {
  PaymentAuthorizationStatus,
  PaymentChargeStatus,
  PaymentRefundStatus,
} from "./payment-enums.js";
import { type PaymentMethod, paymentMethodRecord } from "./payment-method.record.js";
import { type PaymentRefund, paymentRefundRecord } from "./payment-refund.record.js";
import { paymentRecord } from "./payment.record.js";

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
  description: "What a payment is: a charge, a refund or an authorization.",
  types: () => [PaymentChargeType, PaymentRefundType, PaymentAuthorizationType],
  typeOf: (owner) => {
    if ("amountRefundedInCents" in owner) return "PaymentCharge";
    return "amountCapturedInCents" in owner ? "PaymentAuthorization" : "PaymentRefund";
  },
});

/** One change of a status, with the employee whose token made it. */
export interface StatusChangeEntry {
  readonly from: string | null;
  readonly to: string;
  readonly at: string;
  readonly employee: () => Promise<Employee | null>;
}

function statusChangeType(record: string, status: Enumeration): GraphqlClass {
  const type = plainType(
    `${record}StatusChange`,
    `One step of a ${record} from status to status, kept for ever.`,
  );
  const statusType = (): object => enumTypeOf(status);
  add(type, "from", statusType, "The status before; null when the record was made.", true);
  add(type, "to", statusType, "What was entered; the next entry of the history begins there.");
  add(type, "at", () => DateTime, "When it was recorded, by the database's clock.");
  add(
    type,
    "employee",
    () => EmployeeType,
    "Whose token made the change; null for a token of no employee.",
    true,
  );
  Lazy()(type.prototype as object, "employee");
  return type;
}

export const PaymentChargeStatusChange = statusChangeType("PaymentCharge", PaymentChargeStatus);
export const PaymentRefundStatusChange = statusChangeType("PaymentRefund", PaymentRefundStatus);
export const PaymentAuthorizationStatusChange = statusChangeType(
  "PaymentAuthorization",
  PaymentAuthorizationStatus,
);

@ObjectType("PaymentChargePayload", {
  description: "Either a charge as it was recorded or changed, or why it was not.",
  simpleResolvers: true,
})
export class PaymentChargePayload {
  @Field(() => PaymentChargeType, {
    nullable: true,
    description: "The charge as it is now; null when refused.",
  })
  paymentCharge!: PaymentCharge | null;

  @Field(() => [UserErrorType], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}

@ObjectType("PaymentRefundPayload", {
  description: "Either a refund as it was recorded or changed, or why it was not.",
  simpleResolvers: true,
})
export class PaymentRefundPayload {
  @Field(() => PaymentRefundType, {
    nullable: true,
    description: "The refund as it is now; null when refused.",
  })
  paymentRefund!: PaymentRefund | null;

  @Field(() => [UserErrorType], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}

@ObjectType("PaymentAuthorizationPayload", {
  description: "Either an authorization as it was recorded or changed, or why it was not.",
  simpleResolvers: true,
})
export class PaymentAuthorizationPayload {
  @Field(() => PaymentAuthorizationType, {
    nullable: true,
    description: "The authorization as it is now; null when refused.",
  })
  paymentAuthorization!: PaymentAuthorization | null;

  @Field(() => [UserErrorType], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}

@ObjectType("PaymentMethodPayload", {
  description: "Either a method as it was recorded or detached, or why it was not.",
  simpleResolvers: true,
})
export class PaymentMethodPayload {
  @Field(() => PaymentMethodType, {
    nullable: true,
    description: "The method as it is now; null when refused.",
  })
  paymentMethod!: PaymentMethod | null;

  @Field(() => [UserErrorType], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
