import { Field, ObjectType } from "type-graphql";
import { UserErrorsField } from "../../graphql/user-error.type.js";
import { listTypes } from "../../listing/connection.type.js";
import { objectType } from "../../listing/object-type.js";
import type { UserError } from "../../shared/user-error.js";
import { type PaymentMethod, paymentMethodRecord } from "./payment-method.record.js";

export const PaymentMethodType = objectType(paymentMethodRecord);
export const paymentMethodLists = listTypes(paymentMethodRecord, PaymentMethodType);

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

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
