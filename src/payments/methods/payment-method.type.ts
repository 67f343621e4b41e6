import { Field, ObjectType } from "type-graphql";
import { UserErrorsField } from "../../graphql/user-error.type.js";
import { listTypes } from "../../listing/connection.type.js";
import { objectType } from "../../listing/object-type.js";
import type { UserError } from "../../shared/user-error.js";
import { type PaymentMethod, paymentMethodRecord } from "./payment-method.record.js";

export const PaymentMethodType = objectType(paymentMethodRecord);
export const paymentMethodListTypes = listTypes(paymentMethodRecord, PaymentMethodType);

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
