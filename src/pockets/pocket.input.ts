import { Field, InputType } from "type-graphql";
import { Amount, Currency } from "../graphql/scalars.js";
import { PHONE_NUMBER_FORMS } from "../shared/phone-number.js";

@InputType({ description: "One charge: an amount to add to the pocket of a phone number." })
export class PocketChargeInput {
  @Field(() => String, {
    description:
      "A UUID of version 7 made by the caller for this charge alone. Sent again, it makes no second charge. A plain string, so that a bad one spoils no other charge.",
  })
  token!: string;

  @Field(() => String, {
    description: `An Iranian mobile number: ${PHONE_NUMBER_FORMS}. The first charge of a number in the group creates its pocket.`,
  })
  phoneNumber!: string;

  @Field(() => Amount, {
    description: "What to add, above 0, in the minor unit of the group's currency.",
  })
  amount!: number;
}

@InputType({ description: "Charges to make in one pocket group." })
export class ChargePocketsInput {
  @Field(() => String, { description: "The slug of a group that is granted to the merchant." })
  pocketGroupSlug!: string;

  @Field(() => [PocketChargeInput], {
    description: "From 1 to 1,000 charges, answered in this order.",
  })
  charges!: PocketChargeInput[];
}

@InputType({ description: "A new pocket group, active from the start and granted to nobody." })
export class CreatePocketGroupInput {
  @Field(() => String, {
    description:
      "Its name in requests: a-z, 0-9 and single hyphens, at most 64 characters; never changed.",
  })
  slug!: string;

  @Field(() => String, { description: "The name that people know it by, at most 200 characters." })
  name!: string;

  @Field(() => Currency, {
    nullable: true,
    description: "The currency of all its pockets, never changed; IRR when left out.",
  })
  currency?: string | null;

  @Field(() => Amount, {
    nullable: true,
    description: "The least that one charge may add, above 0; any such amount when left out.",
  })
  minChargeAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The most that one charge may add, at least `minChargeAmount`; no limit when left out.",
  })
  maxChargeAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The balance that no charge may lift a pocket over, at least `minChargeAmount`; no limit when left out.",
  })
  maxPocketBalance?: number | null;
}

@InputType({
  description:
    "Changes of a pocket group. A field left out stays as it is; null takes a limit away.",
})
export class UpdatePocketGroupInput {
  @Field(() => String, { nullable: true, description: "The new name, at most 200 characters." })
  name?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "False refuses all charges from now on; true takes them again.",
  })
  isActive?: boolean | null;

  @Field(() => Amount, {
    nullable: true,
    description: "The least that one charge may add from now on; null for any amount above 0.",
  })
  minChargeAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description: "The most that one charge may add from now on; null for no limit.",
  })
  maxChargeAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "From now on the limit of a balance, null for none; pockets above it keep what they have.",
  })
  maxPocketBalance?: number | null;
}
