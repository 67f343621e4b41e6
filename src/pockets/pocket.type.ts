import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import { Amount } from "../graphql/scalars.js";
import { UserErrorsField } from "../graphql/user-error.type.js";
import { listTypes } from "../listing/connection.type.js";
import { objectType } from "../listing/object-type.js";
import { MAX_CHARGES } from "../shared/request-limits.js";
import type { UserError } from "../shared/user-error.js";
import { PocketChargeErrorCode } from "./pocket-charge.js";
import { type PocketCharge, pocketChargeRecord } from "./pocket-charge.record.js";
import { type PocketGroup, pocketGroupRecord } from "./pocket-group.record.js";
import { pocketRecord } from "./pocket.record.js";

export const PocketGroupType = objectType(pocketGroupRecord);
export const PocketType = objectType(pocketRecord);
export const PocketChargeType = objectType(pocketChargeRecord);
export const pocketGroupLists = listTypes(pocketGroupRecord, PocketGroupType);
export const pocketLists = listTypes(pocketRecord, PocketType);
export const pocketChargeLists = listTypes(pocketChargeRecord, PocketChargeType);

export const PocketChargeResultStatus = { SUCCESS: "SUCCESS", ERROR: "ERROR" } as const;
export type PocketChargeResultStatus = keyof typeof PocketChargeResultStatus;

registerEnumType(PocketChargeResultStatus, {
  name: "PocketChargeResultStatus",
  description: "Whether a charge was made: each of a request has its own.",
  valuesConfig: {
    SUCCESS: { description: "The charge was made and is durable." },
    ERROR: { description: "No charge was made for this item; `code` says why." },
  },
});

registerEnumType(PocketChargeErrorCode, {
  name: "PocketChargeErrorCode",
  description: "Why a charge was not made. Stable, to be acted on by programs.",
  valuesConfig: {
    DUPLICATE_TOKEN: {
      description:
        "The token has made this very charge before: same phone number, same amount. Safe to take as done.",
    },
    TOKEN_CONFLICT: {
      description:
        "The token has made another charge in this group. Take a new token for a new charge.",
    },
    INVALID_TOKEN: { description: "The token is not a UUID of version 7." },
    INVALID_PHONE_NUMBER: { description: "The phone number is not an Iranian mobile number." },
    INVALID_AMOUNT: { description: "The amount is not above 0." },
    BELOW_MIN_CHARGE_AMOUNT: { description: "The amount is below the group's `minChargeAmount`." },
    ABOVE_MAX_CHARGE_AMOUNT: { description: "The amount is above the group's `maxChargeAmount`." },
    ABOVE_MAX_POCKET_BALANCE: {
      description:
        "The charge would lift the pocket over the group's `maxPocketBalance`, or over 2^53-1.",
    },
  },
});

@ObjectType("PocketChargeResult", {
  description: "What became of one charge of a request.",
  simpleResolvers: true,
})
export class PocketChargeResult {
  @Field(() => String, {
    description:
      "The token: in lower case when the charge was made, as it was sent when not, up to 100 characters.",
  })
  token!: string;

  @Field(() => String, {
    description:
      "The phone number: in its stored form when the charge was made, as it was sent when not, up to 100 characters.",
  })
  phoneNumber!: string;

  @Field(() => Amount, { description: "The same as was sent, whether or not it was added." })
  amount!: number;

  @Field(() => PocketChargeResultStatus, { description: "Whether the charge was made." })
  status!: PocketChargeResultStatus;

  @Field(() => String, { description: "The same in words, for people." })
  message!: string;

  @Field(() => PocketChargeErrorCode, {
    nullable: true,
    description: "Why the charge was not made; null when it was.",
  })
  code!: PocketChargeErrorCode | null;

  @Field(() => PocketChargeType, {
    nullable: true,
    description:
      "The charge made or, for a used token, the earlier charge when it is of the same merchant.",
  })
  pocketCharge!: PocketCharge | null;
}

@ObjectType("ChargePocketsPayload", {
  description: "What became of a request to charge pockets.",
  simpleResolvers: true,
})
export class ChargePocketsPayload {
  @Bounded(MAX_CHARGES)
  @Field(() => [PocketChargeResult], {
    description: "One result for each charge, in the order in which they were sent.",
  })
  results!: PocketChargeResult[];
}

@ObjectType("PocketGroupPayload", {
  description: "Either a group as it was made or changed, or why it was not.",
  simpleResolvers: true,
})
export class PocketGroupPayload {
  @Field(() => PocketGroupType, {
    nullable: true,
    description: "The group as it is now; null when refused.",
  })
  pocketGroup!: PocketGroup | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
