import { Field, InputType, Int, ObjectType } from "type-graphql";
import { enumTypeOf } from "../graphql/enum-type.js";
import { Amount } from "../graphql/scalars.js";
import {
  type PeriodLimit,
  PocketPeriod,
  PocketPeriodLimitKind,
  PocketPeriodMeasure,
} from "./ledger/period-limit.js";

/** The description of `resetsAt` in the results of charges and other items. */
export const RESETS_AT =
  "When the limit that refused the item with `ABOVE_PERIOD_LIMIT` gives something back: the end of its day or month, or the time at which the first counted item leaves its rolling hours. Null if the item exceeds the whole limit, and for other codes.";

// Register the enums before the types are created.
const KIND_TYPE = enumTypeOf(PocketPeriodLimitKind);
const MEASURE_TYPE = enumTypeOf(PocketPeriodMeasure);
const PERIOD_TYPE = enumTypeOf(PocketPeriod);

const KIND = "Whether it counts charges, or debits and holds.";
const MEASURE = "Whether it limits the sum of the amounts or the number of items.";
const PERIOD = "The stretch of time that the sum or number applies to.";
const LIMIT =
  "The maximum sum, in the minor unit of the group's currency, or the maximum number of items. Above 0.";

@ObjectType("PocketPeriodLimit", {
  description: "A limit of what one pocket may be charged or debited in a period.",
  simpleResolvers: true,
})
export class PocketPeriodLimit implements PeriodLimit {
  @Field(() => KIND_TYPE, { description: KIND })
  kind!: PocketPeriodLimitKind;

  @Field(() => MEASURE_TYPE, { description: MEASURE })
  measure!: PocketPeriodMeasure;

  @Field(() => PERIOD_TYPE, { description: PERIOD })
  period!: PocketPeriod;

  @Field(() => Int, {
    nullable: true,
    description: "The length of `ROLLING_HOURS`. Null for a day or a month.",
  })
  hours!: number | null;

  @Field(() => Amount, { description: LIMIT })
  limit!: number;
}

@InputType({
  description: "A limit to set of what one pocket may be charged or debited in a period.",
})
export class PocketPeriodLimitInput {
  @Field(() => KIND_TYPE, { description: KIND })
  kind!: PocketPeriodLimitKind;

  @Field(() => MEASURE_TYPE, { description: MEASURE })
  measure!: PocketPeriodMeasure;

  @Field(() => PERIOD_TYPE, { description: PERIOD })
  period!: PocketPeriod;

  @Field(() => Int, {
    nullable: true,
    description:
      "The length of `ROLLING_HOURS`, from 1 to 8784. Required for that period, and refused for others.",
  })
  hours?: number | null;

  @Field(() => Amount, { description: LIMIT })
  limit!: number;
}
