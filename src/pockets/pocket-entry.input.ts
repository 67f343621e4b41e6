import { Field, InputType } from "type-graphql";
import {
  MetadataField,
  type MetadataInput,
  ReferenceField,
} from "../graphql/merchant-data.type.js";
import { Amount, DateTime } from "../graphql/scalars.js";
import type { Instant } from "../shared/instant.js";
import { NOTE } from "./pocket.input.js";

const GROUP_SLUG = { description: "The slug of a pocket group that is granted to the merchant." };
const TOKEN =
  "A UUID of version 7 that the client generates for this item. Sending it again does nothing twice. Declared as a string so that an invalid token does not fail the other items.";
const PHONE_NUMBER =
  "The mobile number of the pocket, in any form that charges accept. Numbers of other countries are accepted in international form, because the group's region may have changed.";
const ORDER = "from 1 to 1,000. The results are in the same order.";

@InputType({ description: "A debit: an amount to take out of the pocket of a phone number." })
export class PocketDebitInput {
  @Field(() => String, { description: TOKEN })
  token!: string;

  @Field(() => String, { description: PHONE_NUMBER })
  phoneNumber!: string;

  @Field(() => Amount, {
    description: "The amount to take out, above 0, in the minor unit of the group's currency.",
  })
  amount!: number;

  @ReferenceField()
  reference?: string | null;

  @MetadataField()
  metadata?: MetadataInput[] | null;

  @Field(() => String, { nullable: true, description: NOTE })
  note?: string | null;
}

@InputType({ description: "The debits to make in one pocket group." })
export class DebitPocketsInput {
  @Field(() => String, GROUP_SLUG)
  pocketGroupSlug!: string;

  @Field(() => [PocketDebitInput], { description: `The debits, ${ORDER}` })
  debits!: PocketDebitInput[];
}

@InputType({
  description: "A reversal: an earlier charge or debit to take back, whole or in part.",
})
export class PocketReversalInput {
  @Field(() => String, { description: TOKEN })
  token!: string;

  @Field(() => String, {
    description: "The token of the charge or debit to take back, which the same merchant made.",
  })
  ofToken!: string;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The amount to take back, above 0, in the minor unit of the group's currency. If omitted, all that is left.",
  })
  amount?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Why it is taken back, at most 500 characters. Stored as the entry's `note`.",
  })
  reason?: string | null;
}

@InputType({ description: "The reversals to make in one pocket group." })
export class ReversePocketEntriesInput {
  @Field(() => String, GROUP_SLUG)
  pocketGroupSlug!: string;

  @Field(() => [PocketReversalInput], { description: `The reversals, ${ORDER}` })
  reversals!: PocketReversalInput[];
}

@InputType({ description: "A hold: an amount to reserve in the pocket of a phone number." })
export class PocketHoldInput {
  @Field(() => String, { description: TOKEN })
  token!: string;

  @Field(() => String, { description: PHONE_NUMBER })
  phoneNumber!: string;

  @Field(() => Amount, {
    description: "The amount to reserve, above 0, in the minor unit of the group's currency.",
  })
  amount!: number;

  @Field(() => DateTime, {
    nullable: true,
    description:
      "When the hold expires, in the future. If omitted, it stays open until it is captured or released.",
  })
  expiresAt?: Instant | null;

  @ReferenceField()
  reference?: string | null;

  @MetadataField()
  metadata?: MetadataInput[] | null;

  @Field(() => String, { nullable: true, description: NOTE })
  note?: string | null;
}

@InputType({ description: "The holds to make in one pocket group." })
export class HoldPocketsInput {
  @Field(() => String, GROUP_SLUG)
  pocketGroupSlug!: string;

  @Field(() => [PocketHoldInput], { description: `The holds, ${ORDER}` })
  holds!: PocketHoldInput[];
}

@InputType({ description: "A capture: a debit of what a hold has reserved, whole or in part." })
export class HoldCaptureInput {
  @Field(() => String, { description: TOKEN })
  token!: string;

  @Field(() => String, {
    description: "The token of the hold to capture, which the same merchant made.",
  })
  holdToken!: string;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The amount to debit, above 0, in the minor unit of the group's currency. If omitted, all that is left of the hold.",
  })
  amount?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether this is the last capture, so that what is left of the hold becomes available again. If omitted, the hold stays open for what is left.",
  })
  final?: boolean | null;
}

@InputType({ description: "The captures to make in one pocket group." })
export class CaptureHoldsInput {
  @Field(() => String, GROUP_SLUG)
  pocketGroupSlug!: string;

  @Field(() => [HoldCaptureInput], { description: `The captures, ${ORDER}` })
  captures!: HoldCaptureInput[];
}

@InputType({ description: "The holds to release in one pocket group." })
export class ReleaseHoldsInput {
  @Field(() => String, GROUP_SLUG)
  pocketGroupSlug!: string;

  @Field(() => [String], { description: `The tokens of the holds, ${ORDER}` })
  holdTokens!: string[];
}
