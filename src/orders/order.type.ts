import { Field, ObjectType } from "type-graphql";
import { UserErrorsField } from "../graphql/user-error.type.js";
import { listTypes } from "../listing/connection.type.js";
import { objectType } from "../listing/object-type.js";
import type { UserError } from "../shared/user-error.js";
import { type Order, orderRecord } from "./order.record.js";

export const OrderType = objectType(orderRecord);
export const orderListTypes = listTypes(orderRecord, OrderType);

@ObjectType("OrderPayload", {
  description: "The created or updated order, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class OrderPayload {
  @Field(() => OrderType, {
    nullable: true,
    description: "The order after the change. Null if the input was refused.",
  })
  order!: Order | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
