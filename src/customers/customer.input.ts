import { Field, InputType } from "type-graphql";

@InputType({ description: "A new customer of the caller's merchant." })
export class CreateCustomerInput {
  @Field(() => String, {
    description: "What the customer is called, at most 200 characters; two may share one.",
  })
  name!: string;

  @Field(() => String, { nullable: true, description: "An e-mail address, kept as it is sent." })
  email?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "A phone number of any country, stored as written: 3 to 32 digits, spaces and `+ ( ) . -`, with at least 3 digits. Digits, spaces, hyphens and brackets of other scripts are converted to ASCII; invisible marks are removed.",
  })
  phoneNumber?: string | null;
}

@InputType({
  description:
    "Changes of a customer. A field left out stays as it is; null clears it where it may be null.",
})
export class UpdateCustomerInput {
  @Field(() => String, { nullable: true, description: "The new name, at most 200 characters." })
  name?: string | null;

  @Field(() => String, { nullable: true, description: "The new e-mail address; null for none." })
  email?: string | null;

  @Field(() => String, { nullable: true, description: "The new phone number; null for none." })
  phoneNumber?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True archives the customer, false brings it back; payments stay either way.",
  })
  isArchived?: boolean | null;
}
