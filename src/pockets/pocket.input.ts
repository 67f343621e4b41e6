import { Field, InputType, Int } from "type-graphql";
import { enumTypeOf } from "../graphql/enum-type.js";
import {
  MetadataField,
  type MetadataInput,
  ReferenceField,
} from "../graphql/merchant-data.type.js";
import { Amount, Currency } from "../graphql/scalars.js";
import { PHONE_NUMBER_FORMS } from "../shared/phone-number.js";
import { DEFAULT_PHONE_NUMBER_REGION } from "../shared/phone-number-region.js";
import { PocketFreeze } from "./ledger/pocket-freeze.js";
import { PocketPeriodLimitInput } from "./period-limit.type.js";

export const NOTE = "A text for people, at most 500 characters.";
const REGION = "an ISO 3166-1 alpha-2 code, such as `IR`";

@InputType({ description: "A charge: an amount to add to the pocket of a phone number." })
export class PocketChargeInput {
  @Field(() => String, {
    description:
      "A UUID of version 7 that the client generates for this charge. Sending it again does not charge twice. Declared as a string so that an invalid token does not fail the other charges.",
  })
  token!: string;

  @Field(() => String, {
    description: `A mobile number of the group's region, ${PHONE_NUMBER_FORMS}. The first charge of a number in the group creates its pocket.`,
  })
  phoneNumber!: string;

  @Field(() => Amount, {
    description: "The amount to add, above 0, in the minor unit of the group's currency.",
  })
  amount!: number;

  @ReferenceField()
  reference?: string | null;

  @MetadataField()
  metadata?: MetadataInput[] | null;

  @Field(() => String, { nullable: true, description: NOTE })
  note?: string | null;
}

@InputType({ description: "The charges to make in one pocket group." })
export class ChargePocketsInput {
  @Field(() => String, {
    description: "The slug of a pocket group that is granted to the merchant.",
  })
  pocketGroupSlug!: string;

  @Field(() => [PocketChargeInput], {
    description: "The charges, from 1 to 1,000. The results are in the same order.",
  })
  charges!: PocketChargeInput[];
}

@InputType({
  description: "The changes to a pocket. Omitted fields keep their values.",
})
export class UpdatePocketInput {
  @Field(() => enumTypeOf(PocketFreeze), {
    nullable: true,
    description: "Which changes of the pocket are refused from now on; `NONE` lifts the freeze.",
  })
  freeze?: PocketFreeze | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Why the pocket is frozen, or why the freeze is lifted, at most 500 characters. Null removes the reason.",
  })
  reason?: string | null;
}

@InputType({
  description:
    "The input for a new pocket group, which is active immediately but granted to no merchant.",
})
export class CreatePocketGroupInput {
  @Field(() => String, {
    description:
      "The group's unique name in requests: a-z, 0-9 and single hyphens, at most 64 characters. Cannot be changed later.",
  })
  slug!: string;

  @Field(() => String, { description: "The display name, at most 200 characters." })
  name!: string;

  @Field(() => Currency, {
    nullable: true,
    description:
      "The currency of all pockets in the group. Defaults to IRR and cannot be changed later.",
  })
  currency?: string | null;

  @Field(() => String, {
    nullable: true,
    defaultValue: DEFAULT_PHONE_NUMBER_REGION,
    description: `The country whose mobile numbers the group takes: ${REGION}. Null for the numbers of any country, which are then sent in international form.`,
  })
  phoneNumberRegion?: string | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The minimum amount of one charge, above 0. If omitted, any amount above 0 is allowed.",
  })
  minChargeAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The maximum amount of one charge, at least `minChargeAmount`. If omitted, there is no limit.",
  })
  maxChargeAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The maximum balance that a charge may result in, at least `minChargeAmount`. If omitted, there is no limit.",
  })
  maxPocketBalance?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The minimum amount of one debit or hold, above 0. If omitted, any amount above 0 is allowed.",
  })
  minDebitAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The maximum amount of one debit or hold, at least `minDebitAmount`. If omitted, there is no limit.",
  })
  maxDebitAmount?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "The number of hours after which a charge or debit can no longer be reversed. If omitted, there is no limit.",
  })
  reversalWindowHours?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The IANA time zone in which the days and months of `periodLimits` begin, such as `Asia/Tehran`. Defaults to UTC.",
  })
  timeZone?: string | null;

  @Field(() => [PocketPeriodLimitInput], {
    nullable: true,
    description:
      "What each pocket may be charged or debited in a day, a month or some hours, at most 10 limits. If omitted, there are none.",
  })
  periodLimits?: PocketPeriodLimitInput[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether a merchant can use each `reference` only once in this group. Earlier entries are not affected.",
  })
  hasUniqueReferences?: boolean | null;
}

@InputType({
  description:
    "The changes to a pocket group. Omitted fields keep their values; null removes a limit.",
})
export class UpdatePocketGroupInput {
  @Field(() => String, { nullable: true, description: "The new name, at most 200 characters." })
  name?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Set to false to refuse all further changes of the group's pockets, or to true to accept them again.",
  })
  isActive?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: `The country whose mobile numbers the group takes from now on: ${REGION}. Null for the numbers of any country. Existing pockets keep their numbers.`,
  })
  phoneNumberRegion?: string | null;

  @Field(() => Amount, {
    nullable: true,
    description: "The new minimum amount of one charge, or null to allow any amount above 0.",
  })
  minChargeAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description: "The new maximum amount of one charge, or null for no limit.",
  })
  maxChargeAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The new maximum balance, or null for no limit. Pockets above it keep their balance.",
  })
  maxPocketBalance?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The new minimum amount of one debit or hold, or null to allow any amount above 0.",
  })
  minDebitAmount?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description: "The new maximum amount of one debit or hold, or null for no limit.",
  })
  maxDebitAmount?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "The new number of hours after which a charge or debit can no longer be reversed, or null for no limit.",
  })
  reversalWindowHours?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The new IANA time zone in which the days and months of `periodLimits` begin, such as `Asia/Tehran`.",
  })
  timeZone?: string | null;

  @Field(() => [PocketPeriodLimitInput], {
    nullable: true,
    description:
      "The new limits of what each pocket may be charged or debited in a period, at most 10, in place of all present ones. Null or an empty list removes them.",
  })
  periodLimits?: PocketPeriodLimitInput[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether a merchant can use each `reference` only once in this group. Earlier entries are not affected.",
  })
  hasUniqueReferences?: boolean | null;
}
