import { Field, ID, InputType } from "type-graphql";
import {
  MetadataField,
  type MetadataInput,
  NewMetadataField,
  ReferenceField,
} from "../graphql/merchant-data.type.js";
import { enumTypeOf } from "../graphql/enum-type.js";
import { Amount, Currency } from "../graphql/scalars.js";
import { OrderStatus } from "./order-status.js";

@InputType({ description: "The input for a new order of the caller's merchant." })
export class CreateOrderInput {
  @Field(() => ID, {
    nullable: true,
    description: "The id of the customer who orders. Omit it if unknown.",
  })
  customerId?: string | null;

  @Field(() => Currency, {
    nullable: true,
    description:
      "The currency of the order and its payments. Defaults to the merchant's default currency.",
  })
  currency?: string | null;

  @Field(() => Amount, {
    nullable: true,
    description: "The total price, 0 or more, in the minor unit of the currency. Defaults to 0.",
  })
  totalInCents?: number | null;

  @Field(() => enumTypeOf(OrderStatus), {
    nullable: true,
    description: "The initial status. Defaults to `NEW`.",
  })
  status?: OrderStatus | null;

  @ReferenceField()
  reference?: string | null;

  @MetadataField()
  metadata?: MetadataInput[] | null;
}

@InputType({
  description:
    "The changes to an order. Omitted fields keep their values; null clears a nullable field.",
})
export class UpdateOrderInput {
  @Field(() => ID, {
    nullable: true,
    description:
      "The id of another customer, or null for none. Existing payments keep their customer.",
  })
  customerId?: string | null;

  @Field(() => Amount, {
    nullable: true,
    description: "The new total price, 0 or more, in the minor unit of the currency.",
  })
  totalInCents?: number | null;

  @Field(() => enumTypeOf(OrderStatus), {
    nullable: true,
    description: "The status to set. Any status may follow any other.",
  })
  status?: OrderStatus | null;

  @ReferenceField()
  reference?: string | null;

  @NewMetadataField()
  metadata?: MetadataInput[] | null;
}
