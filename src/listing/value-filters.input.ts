import { Field, ID, InputType, Int } from "type-graphql";
import { Amount, DateTime } from "../graphql/scalars.js";

export const ANY_OF = "Matches values equal to any of these.";
export const NONE_OF = "Matches values equal to none of these. A missing value does not match.";
const IS_NULL = "True matches records without a value, false those with one.";

@InputType("IDFilter", {
  description:
    "Conditions on a UUID, all of which must hold. A string that is not a UUID matches nothing. Each operator accepts at most 250 values.",
})
export class IdFilter {
  @Field(() => [ID], { nullable: true, description: ANY_OF })
  eq?: string[];

  @Field(() => [ID], { nullable: true, description: NONE_OF })
  notEq?: string[];

  @Field(() => Boolean, { nullable: true, description: IS_NULL })
  isNull?: boolean;
}

@InputType("BooleanFilter", {
  description: "A condition on a value that is either true or false.",
})
export class BooleanFilter {
  @Field(() => Boolean, {
    nullable: true,
    description: "Matches records whose value is the given one, true or false.",
  })
  eq?: boolean;
}

@InputType("DateTimeFilter", {
  description:
    "Conditions on a timestamp, exact to the microsecond, all of which must hold. Each operator accepts at most 250 values.",
})
export class DateTimeFilter {
  @Field(() => [DateTime], { nullable: true, description: ANY_OF })
  eq?: string[];

  @Field(() => [DateTime], { nullable: true, description: NONE_OF })
  notEq?: string[];

  @Field(() => DateTime, { nullable: true, description: "Matches timestamps after this one." })
  gt?: string;

  @Field(() => DateTime, {
    nullable: true,
    description: "Matches timestamps at or after this one.",
  })
  gte?: string;

  @Field(() => DateTime, { nullable: true, description: "Matches timestamps before this one." })
  lt?: string;

  @Field(() => DateTime, {
    nullable: true,
    description: "Matches timestamps at or before this one.",
  })
  lte?: string;

  @Field(() => Boolean, { nullable: true, description: IS_NULL })
  isNull?: boolean;
}

@InputType("AmountFilter", {
  description:
    "Conditions on an amount in the minor unit of its currency, all of which must hold. Each operator accepts at most 250 values.",
})
export class AmountFilter {
  @Field(() => [Amount], { nullable: true, description: ANY_OF })
  eq?: number[];

  @Field(() => [Amount], { nullable: true, description: NONE_OF })
  notEq?: number[];

  @Field(() => Amount, { nullable: true, description: "Matches amounts greater than this one." })
  gt?: number;

  @Field(() => Amount, {
    nullable: true,
    description: "Matches amounts equal to or greater than this one.",
  })
  gte?: number;

  @Field(() => Amount, { nullable: true, description: "Matches amounts less than this one." })
  lt?: number;

  @Field(() => Amount, {
    nullable: true,
    description: "Matches amounts equal to or less than this one.",
  })
  lte?: number;
}

@InputType("IntFilter", {
  description:
    "Conditions on an integer, all of which must hold. Each operator accepts at most 250 values.",
})
export class IntFilter {
  @Field(() => [Int], { nullable: true, description: ANY_OF })
  eq?: number[];

  @Field(() => [Int], { nullable: true, description: NONE_OF })
  notEq?: number[];

  @Field(() => Int, { nullable: true, description: "Matches integers greater than this one." })
  gt?: number;

  @Field(() => Int, {
    nullable: true,
    description: "Matches integers equal to or greater than this one.",
  })
  gte?: number;

  @Field(() => Int, { nullable: true, description: "Matches integers less than this one." })
  lt?: number;

  @Field(() => Int, {
    nullable: true,
    description: "Matches integers equal to or less than this one.",
  })
  lte?: number;

  @Field(() => Boolean, { nullable: true, description: IS_NULL })
  isNull?: boolean;
}

@InputType("StringFilter", {
  description:
    "Conditions on a string, all of which must hold. All except `eql` and `notEql` ignore case: `Σ`, `σ` and `ς` are equal, `ß` and `ss` are not. `%`, `_` and `\\` are plain characters. Each operator accepts at most 250 values. All `prefix`, `suffix` and `match` operators of one request accept at most 250 values of at most 10,000 characters together.",
})
export class StringFilter {
  @Field(() => [String], {
    nullable: true,
    description: "Matches strings equal to any of these, ignoring case.",
  })
  eq?: string[];

  @Field(() => [String], {
    nullable: true,
    description:
      "Matches strings equal to none of these, ignoring case. A missing value does not match.",
  })
  notEq?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Matches strings equal to any of these, case-sensitive.",
  })
  eql?: string[];

  @Field(() => [String], {
    nullable: true,
    description:
      "Matches strings equal to none of these, case-sensitive. A missing value does not match.",
  })
  notEql?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Matches strings that begin with any of these.",
  })
  prefix?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Matches strings that begin with none of these. A missing value does not match.",
  })
  notPrefix?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Matches strings that end with any of these.",
  })
  suffix?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Matches strings that end with none of these. A missing value does not match.",
  })
  notSuffix?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Matches strings that contain any of these substrings.",
  })
  match?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Matches strings that contain none of these. A missing value does not match.",
  })
  notMatch?: string[];

  @Field(() => Boolean, { nullable: true, description: IS_NULL })
  isNull?: boolean;
}
