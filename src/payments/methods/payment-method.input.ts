import { Field, ID, InputType } from "type-graphql";
import { enumTypeOf } from "../../graphql/enum-type.js";
import { PaymentProvider } from "../payment-enums.js";

@InputType({ description: "The input for a payment method that a provider stores." })
export class CreatePaymentMethodInput {
  @Field(() => enumTypeOf(PaymentProvider), {
    description: "The provider that stores the card or account.",
  })
  provider!: PaymentProvider;

  @Field(() => String, {
    description: "The provider's id of the payment method, at most 255 characters.",
  })
  identifier!: string;

  @Field(() => String, {
    description: "The kind of payment method, such as `card`, at most 255 characters.",
  })
  methodType!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "A label for people to recognize it, such as `Visa •••• 4242`, at most 255 characters. Defaults to the identifier.",
  })
  label?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The id of the customer who owns the method. If omitted, it has no owner.",
  })
  customerId?: string | null;
}
