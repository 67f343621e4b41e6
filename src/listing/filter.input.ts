import { Field, ID, InputType } from "type-graphql";
import { Amount, DateTime } from "../graphql/scalars.js";
import type { FieldKind } from "./field.js";
import { type GraphqlClass, add, namedClass } from "./graphql-class.js";
import type { RecordDefinition } from "./record.js";

const ANY_OF = "Keeps what equals any of these.";
const NONE_OF = "Keeps what has a value and equals none of these.";
const IS_NULL = "True keeps what has no value, false what has one.";

@InputType("IDFilter", {
  description: "Conditions on an id; all of them must hold. At most 250 values each.",
})
export class IdFilter {
  @Field(() => [ID], { nullable: true, description: ANY_OF })
  eq?: string[];

  @Field(() => [ID], { nullable: true, description: NONE_OF })
  notEq?: string[];

  @Field(() => Boolean, { nullable: true, description: IS_NULL })
  isNull?: boolean;
}

@InputType("BooleanFilter", { description: "A condition on a yes or no." })
export class BooleanFilter {
  @Field(() => Boolean, { nullable: true, description: "Keeps what has this value." })
  eq?: boolean;
}

@InputType("DateTimeFilter", {
  description: "Conditions on a time, exact to the microsecond; all of them must hold.",
})
export class DateTimeFilter {
  @Field(() => [DateTime], { nullable: true, description: ANY_OF })
  eq?: string[];

  @Field(() => [DateTime], { nullable: true, description: NONE_OF })
  notEq?: string[];

  @Field(() => DateTime, { nullable: true, description: "Keeps what is later." })
  gt?: string;

  @Field(() => DateTime, {
    nullable: true,
    description: "Keeps what is later or at this very time.",
  })
  gte?: string;

  @Field(() => DateTime, { nullable: true, description: "Keeps what is earlier." })
  lt?: string;

  @Field(() => DateTime, {
    nullable: true,
    description: "Keeps what is earlier or at this very time.",
  })
  lte?: string;

  @Field(() => Boolean, { nullable: true, description: IS_NULL })
  isNull?: boolean;
}

@InputType("AmountFilter", {
  description: "Conditions on an amount in minor units; all of them must hold.",
})
export class AmountFilter {
  @Field(() => [Amount], { nullable: true, description: ANY_OF })
  eq?: number[];

  @Field(() => [Amount], { nullable: true, description: NONE_OF })
  notEq?: number[];

  @Field(() => Amount, { nullable: true, description: "Keeps what is more." })
  gt?: number;

  @Field(() => Amount, { nullable: true, description: "Keeps what is as much or more." })
  gte?: number;

  @Field(() => Amount, { nullable: true, description: "Keeps what is less." })
  lt?: number;

  @Field(() => Amount, { nullable: true, description: "Keeps what is as much or less." })
  lte?: number;
}

@InputType("StringFilter", {
  description:
    "Conditions on a text; all of them must hold. Case is ignored but by eql and notEql; %, _ and \\ are plain characters. At most 250 values each.",
})
export class StringFilter {
  @Field(() => [String], {
    nullable: true,
    description: "Keeps what equals any of these but for case.",
  })
  eq?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Keeps what has a value and equals none of these, whatever the case.",
  })
  notEq?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Keeps what equals any of these, case included.",
  })
  eql?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Keeps what has a value and equals none of these, case included.",
  })
  notEql?: string[];

  @Field(() => [String], { nullable: true, description: "Keeps what begins with any of these." })
  prefix?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Keeps what has a value and begins with none of these.",
  })
  notPrefix?: string[];

  @Field(() => [String], { nullable: true, description: "Keeps what ends with any of these." })
  suffix?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Keeps what has a value and ends with none of these.",
  })
  notSuffix?: string[];

  @Field(() => [String], { nullable: true, description: "Keeps what contains any of these." })
  match?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Keeps what has a value and contains none of these.",
  })
  notMatch?: string[];

  @Field(() => Boolean, { nullable: true, description: IS_NULL })
  isNull?: boolean;
}

const FILTERS = {
  id: IdFilter,
  uuid: IdFilter,
  text: StringFilter,
  currency: StringFilter,
  amount: AmountFilter,
  boolean: BooleanFilter,
  dateTime: DateTimeFilter,
};

/** The filter of a record: its filterable fields with the operators of their kinds, and logic. */
export function filterInput(record: RecordDefinition): GraphqlClass {
  const name = `${record.name}Filter`;
  const type = namedClass(name);
  InputType(name, {
    description: `Which ${record.name} records a list keeps. All conditions must hold; and, or and not nest up to 5 deep.`,
  })(type);
  const all = "Keeps what all of these keep; an empty list keeps everything.";
  const any = "Keeps what any of these keeps; an empty list keeps nothing.";
  const none = "Keeps what this leaves out, but for what it cannot tell of a missing value.";
  add(type, "and", () => [type], all, true);
  add(type, "or", () => [type], any, true);
  add(type, "not", () => type, none, true);
  for (const [field, { kind, uses, description }] of Object.entries(record.fields)) {
    if (uses.filter) add(type, field, () => filterOf(kind), `By this: ${description}`, true);
  }
  return type;
}

function filterOf(kind: FieldKind): object {
  if (typeof kind === "object") throw new TypeError("a list of enum values has no filter");
  return FILTERS[kind];
}
