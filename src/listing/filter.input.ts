import { Field, ID, InputType, Int } from "type-graphql";
import { Amount, DateTime } from "../graphql/scalars.js";
import { enumTypeOf } from "../graphql/enum-type.js";
import type { Enumeration } from "../shared/enumeration.js";
import { SEARCHED_PHONE_NUMBER_FORMS } from "../shared/phone-number.js";
import type { FieldKind } from "../records/field.js";
import { type GraphqlClass, add, namedClass } from "./graphql-class.js";
import { MetadataFilter } from "./metadata-filter.input.js";
import type { RecordDefinition } from "../records/record.js";

const ANY_OF = "Matches values equal to any of these.";
const NONE_OF = "Matches values equal to none of these. A missing value does not match.";
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

/** The operators of an enum's filter, in schema order: those on names, then those on their characters. */
const NAME_OPERATORS = [
  ["eq", ANY_OF],
  ["notEq", NONE_OF],
  ["eql", "The same as `eq`, for clients that also use it on strings."],
  ["notEql", "The same as `notEq`, for clients that also use it on strings."],
] as const;
const LETTER_OPERATORS = [
  ["prefix", "Matches names that begin with any of these."],
  ["notPrefix", "Matches names that begin with none of these. A missing value does not match."],
  ["suffix", "Matches names that end with any of these."],
  ["notSuffix", "Matches names that end with none of these. A missing value does not match."],
  ["match", "Matches names that contain any of these."],
  ["notMatch", "Matches names that contain none of these. A missing value does not match."],
] as const;

const enumFilters = new Map<Enumeration, GraphqlClass>();

/** The filter of an enumeration, shared by all records that use it. */
function enumFilterOf(enumeration: Enumeration): GraphqlClass {
  const known = enumFilters.get(enumeration);
  if (known) return known;
  const name = `${enumeration.name}Filter`;
  const type = namedClass(name);
  InputType(name, {
    description: `Conditions on the name of one ${enumeration.name}, all of which must hold. Operators that accept strings test the lower-case name.`,
  })(type);
  const enumType = enumTypeOf(enumeration);
  for (const [operator, text] of NAME_OPERATORS) add(type, operator, () => [enumType], text, true);
  for (const [operator, text] of LETTER_OPERATORS) add(type, operator, () => [String], text, true);
  enumFilters.set(enumeration, type);
  return type;
}

const FILTERS: Partial<Record<FieldKind & string, object>> = {
  id: IdFilter,
  uuid: IdFilter,
  text: StringFilter,
  phoneNumber: StringFilter,
  currency: StringFilter,
  amount: AmountFilter,
  integer: IntFilter,
  boolean: BooleanFilter,
  dateTime: DateTimeFilter,
};

/** The filter of a record: its filterable fields with the operators of their kinds, and `and`, `or`, `not`. */
export function filterInput(record: RecordDefinition): GraphqlClass {
  const name = `${record.name}Filter`;
  const type = namedClass(name);
  InputType(name, {
    description: `Conditions that select ${record.name} records, all of which must hold. \`and\`, \`or\` and \`not\` nest up to 5 levels deep.`,
  })(type);
  const all =
    "Matches records that all of these filters match. An empty list matches every record.";
  const any = "Matches records that any of these filters matches. An empty list matches no record.";
  const none =
    "Matches records that this filter does not match. A record without a value is matched by neither; use `isNull` for it.";
  add(type, "and", () => [type], all, true);
  add(type, "or", () => [type], any, true);
  add(type, "not", () => type, none, true);
  for (const [field, { kind, uses, description }] of Object.entries(record.fields)) {
    if (!uses.filter) continue;
    const filter = kind === "metadata" ? [MetadataFilter] : filterOf(kind);
    const forms = kind === "phoneNumber" ? ` Accepts a number ${SEARCHED_PHONE_NUMBER_FORMS}.` : "";
    add(type, field, () => filter, `Filters by this field: ${description}${forms}`, true);
  }
  return type;
}

function filterOf(kind: FieldKind): object {
  if (typeof kind === "object" && "enumeration" in kind) return enumFilterOf(kind.enumeration);
  const filter = typeof kind === "object" ? undefined : FILTERS[kind];
  if (filter === undefined) throw new TypeError("this kind of field has no filter");
  return filter;
}
