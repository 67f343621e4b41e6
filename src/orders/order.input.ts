import { Field, ID, InputType } from "type-graphql";
import { enumTypeOf } from "../graphql/enum-type.js";
import { Amount, Currency } from "../graphql/scalars.js";
import { OrderStatus } from "./order-status.js";

@InputType({ description: "A new order of the caller's merchant." })
export class CreateOrderInput {
  @Field(() => ID, {
    nullable: true,
    description: "Who orders, by the id of one of the merchant's customers; left out when unknown.",
  })
  customerId?: string | null;

  @Field(() => Currency, {
    nullable: true,
    description: "The currency of the order and its payments; the merchant's default if left out.",
  })
  currency?: string | null;

  @Field(() => Amount, {
    nullable: true,
    description: "What the order costs, 0 or more in the currency's minor unit; 0 if left out.",
  })
  totalInCents?: number | null;

  @Field(() => enumTypeOf(OrderStatus), {
    nullable: true,
    description: "How far the order has come; `NEW` if left out.",
  })
  status?: OrderStatus | null;
}

@InputType({
  description:
    "Changes of an order. A field left out stays as it is; null clears it where it may be null.",
})
export class UpdateOrderInput {
  @Field(() => ID, {
    nullable: true,
    description: "Another customer, or null for none; payments that were made keep theirs.",
  })
  customerId?: string | null;

  @Field(() => Amount, { nullable: true, description: "What the order costs now, 0 or more." })
  totalInCents?: number | null;

  @Field(() => enumTypeOf(OrderStatus), {
    nullable: true,
    description: "How far the order has come; any status may follow any.",
  })
  status?: OrderStatus | null;
}
