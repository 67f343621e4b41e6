import { Field, ID, InputType } from "type-graphql";
import { enumTypeOf } from "../../graphql/enum-type.js";
import { PaymentProvider } from "../payment-enums.js";

@InputType({ description: "A way to pay that a provider keeps, as it is recorded here." })
export class CreatePaymentMethodInput {
  @Field(() => enumTypeOf(PaymentProvider), {
    description: "Where the card or account itself is stored.",
  })
  provider!: PaymentProvider;

  @Field(() => String, {
    description: "The provider's own name for it, at most 255 characters.",
  })
  identifier!: string;

  @Field(() => String, {
    description: "What kind of method it is, such as `card`; at most 255 characters.",
  })
  methodType!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "How people tell it apart, such as `Visa •••• 4242`, at most 255 characters; the identifier if left out.",
  })
  label?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Whose it is, by the id of one of the merchant's customers; nobody's if left out.",
  })
  customerId?: string | null;
}
