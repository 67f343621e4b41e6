import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import { Amount, DateTime } from "../graphql/scalars.js";
import { UserErrorsField } from "../graphql/user-error.type.js";
import { listTypes } from "../listing/connection.type.js";
import { objectType } from "../listing/object-type.js";
import type { Instant } from "../shared/instant.js";
import { MAX_ITEMS } from "../shared/request-limits.js";
import type { UserError } from "../shared/user-error.js";
import { PocketChargeErrorCode } from "./pocket-charge.js";
import { RESETS_AT } from "./period-limit.type.js";
import { type PocketCharge, pocketChargeRecord } from "./pocket-charge.record.js";
import { type PocketGroup, pocketGroupRecord } from "./pocket-group.record.js";
import { type Pocket, pocketRecord } from "./pocket.record.js";

export const PocketGroupType = objectType(pocketGroupRecord);
export const PocketType = objectType(pocketRecord);
export const PocketChargeType = objectType(pocketChargeRecord);
export const pocketGroupListTypes = listTypes(pocketGroupRecord, PocketGroupType);
export const pocketListTypes = listTypes(pocketRecord, PocketType);
export const pocketChargeListTypes = listTypes(pocketChargeRecord, PocketChargeType);

export const PocketChargeResultStatus = { SUCCESS: "SUCCESS", ERROR: "ERROR" } as const;
export type PocketChargeResultStatus = keyof typeof PocketChargeResultStatus;

registerEnumType(PocketChargeResultStatus, {
  name: "PocketChargeResultStatus",
  description: "The outcome of one charge in a request.",
  valuesConfig: {
    SUCCESS: { description: "The charge was made and is durably stored." },
    ERROR: { description: "The charge was refused; `code` has the reason." },
  },
});

registerEnumType(PocketChargeErrorCode, {
  name: "PocketChargeErrorCode",
  description:
    "The reason why a charge was refused. Codes are stable, so that programs can act on them.",
  valuesConfig: {
    DUPLICATE_TOKEN: {
      description:
        "A charge with this token, phone number and amount was made before. Treat it as done.",
    },
    TOKEN_CONFLICT: {
      description:
        "The token belongs to a different charge in this group. Use a new token for a new charge.",
    },
    INVALID_TOKEN: { description: "The token is not a UUID of version 7." },
    INVALID_PHONE_NUMBER: {
      description: "The phone number is not a mobile number of the group's region.",
    },
    INVALID_AMOUNT: { description: "The amount is not above 0." },
    INVALID_TEXT: {
      description: "The reference, the note or the metadata breaks a limit, which `message` names.",
    },
    REFERENCE_TAKEN: {
      description:
        "The merchant has used the reference before, and the group's references are unique.",
    },
    BELOW_MIN_CHARGE_AMOUNT: { description: "The amount is below the group's `minChargeAmount`." },
    ABOVE_MAX_CHARGE_AMOUNT: { description: "The amount is above the group's `maxChargeAmount`." },
    ABOVE_MAX_POCKET_BALANCE: {
      description: "The balance would exceed the group's `maxPocketBalance`, or 2^53-1.",
    },
    ABOVE_PERIOD_LIMIT: {
      description:
        "One of the group's `periodLimits` is used up; `remaining` and `resetsAt` tell how far and until when.",
    },
    POCKET_FROZEN: { description: "The pocket is frozen, and nothing may be added to it." },
  },
});

@ObjectType("PocketChargeResult", {
  description: "Whether one charge of a request succeeded, and the reason if not.",
  simpleResolvers: true,
})
export class PocketChargeResult {
  @Field(() => String, {
    description:
      "The charge's token: in lower case if the charge was made, otherwise as sent, cut off after 100 characters.",
  })
  token!: string;

  @Field(() => String, {
    description:
      "The phone number: in its canonical form if the charge was made, otherwise as sent, cut off after 100 characters.",
  })
  phoneNumber!: string;

  @Field(() => Amount, {
    description: "The amount as sent, in the minor unit of the group's currency.",
  })
  amount!: number;

  @Field(() => PocketChargeResultStatus, { description: "Whether the charge was made." })
  status!: PocketChargeResultStatus;

  @Field(() => String, { description: "The status in words, for people to read." })
  message!: string;

  @Field(() => PocketChargeErrorCode, {
    nullable: true,
    description: "The reason why the charge was refused. Null if it was made.",
  })
  code!: PocketChargeErrorCode | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "What is left of the limit that refused the charge with `ABOVE_PERIOD_LIMIT`: an amount, or 0 charges. Null otherwise.",
  })
  remaining!: number | null;

  @Field(() => DateTime, { nullable: true, description: RESETS_AT })
  resetsAt!: Instant | null;

  @Field(() => Boolean, {
    description:
      "Whether this merchant made the same charge before, with the same token, phone number and amount. The code is then `DUPLICATE_TOKEN`, `pocketCharge` is the earlier charge, and nothing was charged now.",
  })
  wasMadeBefore!: boolean;

  @Field(() => PocketChargeType, {
    nullable: true,
    description:
      "The charge that was made. If the token was already used, the earlier charge if the same merchant made it. Null otherwise.",
  })
  pocketCharge!: PocketCharge | null;
}

@ObjectType("ChargePocketsPayload", {
  description: "The results of a request to charge pockets.",
  simpleResolvers: true,
})
export class ChargePocketsPayload {
  @Bounded(MAX_ITEMS)
  @Field(() => [PocketChargeResult], {
    description: "One result for each charge, in the order in which the charges were sent.",
  })
  results!: PocketChargeResult[];
}

@ObjectType("PocketGroupPayload", {
  description: "The created or updated pocket group, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class PocketGroupPayload {
  @Field(() => PocketGroupType, {
    nullable: true,
    description: "The pocket group after the change. Null if the input was refused.",
  })
  pocketGroup!: PocketGroup | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}

@ObjectType("PocketPayload", {
  description: "The updated pocket, or the reasons why the input was refused.",
  simpleResolvers: true,
})
export class PocketPayload {
  @Field(() => PocketType, {
    nullable: true,
    description: "The pocket after the change. Null if the input was refused.",
  })
  pocket!: Pocket | null;

  @UserErrorsField()
  userErrors!: readonly UserError[];
}
