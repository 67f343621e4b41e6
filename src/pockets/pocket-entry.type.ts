import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import { Amount, DateTime } from "../graphql/scalars.js";
import { listTypes } from "../listing/connection.type.js";
import { objectType } from "../listing/object-type.js";
import type { Instant } from "../shared/instant.js";
import { MAX_ITEMS } from "../shared/request-limits.js";
import { PocketEntryErrorCode } from "./ledger/item.js";
import type { LedgerEntry } from "./ledger/ledger-entry.js";
import type { PocketHold } from "./ledger/pocket-hold.js";
import { RESETS_AT } from "./period-limit.type.js";
import { pocketEntryRecord } from "./pocket-entry.record.js";
import { pocketHoldRecord } from "./pocket-hold.record.js";

export const PocketEntryType = objectType(pocketEntryRecord);
export const PocketHoldType = objectType(pocketHoldRecord);
export const pocketEntryListTypes = listTypes(pocketEntryRecord, PocketEntryType);
export const pocketHoldListTypes = listTypes(pocketHoldRecord, PocketHoldType);

export const PocketItemStatus = { SUCCESS: "SUCCESS", ERROR: "ERROR" } as const;
export type PocketItemStatus = keyof typeof PocketItemStatus;

registerEnumType(PocketItemStatus, {
  name: "PocketItemStatus",
  description: "The outcome of one item of a request.",
  valuesConfig: {
    SUCCESS: { description: "It was done and is durably stored." },
    ERROR: { description: "It was refused and had no effect; `code` has the reason." },
  },
});

registerEnumType(PocketEntryErrorCode, {
  name: "PocketEntryErrorCode",
  description:
    "The reason why a debit, reversal, hold, capture or release was refused. Codes are stable, so that programs can act on them.",
  valuesConfig: {
    DUPLICATE_TOKEN: {
      description: "The same item with this token was done before. Treat it as done.",
    },
    TOKEN_CONFLICT: {
      description:
        "The token was used for something else in this group. Use a new token for a new item.",
    },
    INVALID_TOKEN: { description: "The token is not a UUID of version 7." },
    INVALID_PHONE_NUMBER: {
      description: "The phone number is not a mobile number of the group's region.",
    },
    INVALID_AMOUNT: { description: "The amount is not above 0." },
    INVALID_TEXT: {
      description: "The reference, note, reason or metadata breaks a limit, which `message` names.",
    },
    REFERENCE_TAKEN: {
      description:
        "The merchant has used the reference before, and the group's references are unique.",
    },
    INVALID_EXPIRY: { description: "The `expiresAt` is not in the future." },
    POCKET_NOT_FOUND: { description: "The phone number has no pocket in this group." },
    POCKET_FROZEN: { description: "The pocket is frozen for what the item would do." },
    INSUFFICIENT_FUNDS: {
      description:
        "The amount is above what is available in the pocket, which `available` contains.",
    },
    BELOW_MIN_DEBIT_AMOUNT: { description: "The amount is below the group's `minDebitAmount`." },
    ABOVE_MAX_DEBIT_AMOUNT: { description: "The amount is above the group's `maxDebitAmount`." },
    ABOVE_MAX_POCKET_BALANCE: { description: "The balance would exceed 2^53-1." },
    ABOVE_PERIOD_LIMIT: {
      description:
        "One of the group's `periodLimits` is used up; `remaining` and `resetsAt` tell how far and until when.",
    },
    ENTRY_NOT_FOUND: {
      description: "The merchant has made no entry with `ofToken` in this group.",
    },
    NOT_REVERSIBLE: { description: "The entry is neither a charge nor a debit." },
    ALREADY_REVERSED: { description: "The whole entry was reversed before." },
    ABOVE_REVERSIBLE_AMOUNT: {
      description: "The amount is above what is left of the entry, which `remaining` contains.",
    },
    REVERSAL_WINDOW_ENDED: {
      description: "The entry is older than the group's `reversalWindowHours`.",
    },
    HOLD_NOT_FOUND: {
      description: "The merchant has made no hold with `holdToken` in this group.",
    },
    HOLD_EXPIRED: { description: "The hold's `expiresAt` has passed." },
    HOLD_CLOSED: { description: "The hold was captured or released before." },
    ABOVE_HELD_AMOUNT: {
      description: "The amount is above what is left of the hold, which `remaining` contains.",
    },
  },
});

/** What every result of an item has. */
@ObjectType({ simpleResolvers: true })
abstract class PocketItemResult {
  @Field(() => String, {
    description:
      "The item's token: in lower case if it was done, otherwise as sent, cut off after 100 characters. For a release, the hold's token.",
  })
  token!: string;

  @Field(() => PocketItemStatus, { description: "Whether the item was done." })
  status!: PocketItemStatus;

  @Field(() => String, { description: "The status in words, for people to read." })
  message!: string;

  @Field(() => PocketEntryErrorCode, {
    nullable: true,
    description: "The reason why the item was refused. Null if it was done.",
  })
  code!: string | null;

  @Field(() => Boolean, {
    description:
      "Whether this merchant did the same before. The item is then refused and has no effect, but what it asks for is done.",
  })
  wasMadeBefore!: boolean;

  @Field(() => Amount, {
    nullable: true,
    description:
      "What can be spent from the pocket: after the item if it was done, otherwise if its amount was compared with it.",
  })
  available!: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "What is left of the entry, hold or limit over time because of which the item was refused. 0 for a limit of the number of items. Null otherwise.",
  })
  remaining!: number | null;

  @Field(() => DateTime, { nullable: true, description: RESETS_AT })
  resetsAt!: Instant | null;
}

@ObjectType("PocketEntryResult", {
  description: "Whether one debit or reversal of a request was made, and the reason if not.",
  simpleResolvers: true,
})
export class PocketEntryResult extends PocketItemResult {
  @Field(() => PocketEntryType, {
    nullable: true,
    description:
      "The entry that was made. If the token was already used, the earlier entry if the same merchant made it. Null otherwise.",
  })
  pocketEntry!: LedgerEntry | null;
}

@ObjectType("PocketHoldResult", {
  description: "Whether one hold was made or released, and the reason if not.",
  simpleResolvers: true,
})
export class PocketHoldResult extends PocketItemResult {
  @Field(() => PocketHoldType, {
    nullable: true,
    description:
      "The hold that was made or released, or that the item refers to, if the merchant made it. Null otherwise.",
  })
  pocketHold!: PocketHold | null;
}

@ObjectType("HoldCaptureResult", {
  description: "Whether one capture of a hold was made, and the reason if not.",
  simpleResolvers: true,
})
export class HoldCaptureResult extends PocketEntryResult {
  @Field(() => PocketHoldType, {
    nullable: true,
    description: "The hold after the capture, if the merchant made it. Null otherwise.",
  })
  pocketHold!: PocketHold | null;
}

const RESULTS = {
  description: "One result for each item, in the order in which the items were sent.",
};

@ObjectType("DebitPocketsPayload", {
  description: "The results of a request to debit pockets.",
  simpleResolvers: true,
})
export class DebitPocketsPayload {
  @Bounded(MAX_ITEMS)
  @Field(() => [PocketEntryResult], RESULTS)
  results!: PocketEntryResult[];
}

@ObjectType("ReversePocketEntriesPayload", {
  description: "The results of a request to reverse charges and debits.",
  simpleResolvers: true,
})
export class ReversePocketEntriesPayload {
  @Bounded(MAX_ITEMS)
  @Field(() => [PocketEntryResult], RESULTS)
  results!: PocketEntryResult[];
}

@ObjectType("HoldPocketsPayload", {
  description: "The results of a request to hold amounts of pockets.",
  simpleResolvers: true,
})
export class HoldPocketsPayload {
  @Bounded(MAX_ITEMS)
  @Field(() => [PocketHoldResult], RESULTS)
  results!: PocketHoldResult[];
}

@ObjectType("CaptureHoldsPayload", {
  description: "The results of a request to capture holds.",
  simpleResolvers: true,
})
export class CaptureHoldsPayload {
  @Bounded(MAX_ITEMS)
  @Field(() => [HoldCaptureResult], RESULTS)
  results!: HoldCaptureResult[];
}

@ObjectType("ReleaseHoldsPayload", {
  description: "The results of a request to release holds.",
  simpleResolvers: true,
})
export class ReleaseHoldsPayload {
  @Bounded(MAX_ITEMS)
  @Field(() => [PocketHoldResult], RESULTS)
  results!: PocketHoldResult[];
}
