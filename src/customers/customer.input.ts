import { Field, InputType } from "type-graphql";
import {
  MetadataField,
  type MetadataInput,
  NewMetadataField,
  ReferenceField,
} from "../graphql/merchant-data.type.js";

@InputType({ description: "The input for a new customer of the caller's merchant." })
export class CreateCustomerInput {
  @Field(() => String, {
    description: "The customer's name, at most 200 characters. It need not be unique.",
  })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: "The customer's e-mail address, stored as sent.",
  })
  email?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "A phone number from any country, stored as written: 3 to 32 digits, spaces and `+ ( ) . -`, with at least 3 digits. Digits, spaces, hyphens and brackets of other scripts are converted to ASCII, and invisible marks are removed.",
  })
  phoneNumber?: string | null;

  @ReferenceField()
  reference?: string | null;

  @MetadataField()
  metadata?: MetadataInput[] | null;
}

@InputType({
  description:
    "The changes to a customer. Omitted fields keep their values; null clears a nullable field.",
})
export class UpdateCustomerInput {
  @Field(() => String, { nullable: true, description: "The new name, at most 200 characters." })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The new e-mail address, or null to remove it.",
  })
  email?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The new phone number, or null to remove it.",
  })
  phoneNumber?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Set to true to archive the customer, or to false to restore it. Its payments are not affected.",
  })
  isArchived?: boolean | null;

  @ReferenceField()
  reference?: string | null;

  @NewMetadataField()
  metadata?: MetadataInput[] | null;
}
