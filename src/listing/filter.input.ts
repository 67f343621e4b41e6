import { Field, ID, InputType } from "type-graphql";
import { Amount, DateTime } from "../graphql/scalars.js";
import { enumTypeOf } from "../graphql/enum-type.js";
import type { Enumeration } from "../shared/enumeration.js";
import { PHONE_NUMBER_FORMS } from "../shared/phone-number.js";
import type { FieldKind } from "../records/field.js";
import { type GraphqlClass, add, namedClass } from "./graphql-class.js";
import type { RecordDefinition } from "../records/record.js";

const ANY_OF = "Keeps what equals any of these.";
const NONE_OF = "Keeps what has a value and equals none of these.";
const IS_NULL = "True keeps what has no value, false what has one.";

@InputType("IDFilter", {
  description:
    "Conditions on a UUID; all of them must hold. What is no UUID equals nothing. At most 250 values each.",
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
  description: "A condition on something that is either true or false.",
})
export class BooleanFilter {
  @Field(() => Boolean, {
    nullable: true,
    description: "True keeps what is so, false what is not.",
  })
  eq?: boolean;
}

@InputType("DateTimeFilter", {
  description:
    "Conditions on a moment, exact to the microsecond; all of them must hold. At most 250 values each.",
})
export class DateTimeFilter {
  @Field(() => [DateTime], { nullable: true, description: ANY_OF })
  eq?: string[];

  @Field(() => [DateTime], { nullable: true, description: NONE_OF })
  notEq?: string[];

  @Field(() => DateTime, { nullable: true, description: "Keeps what is later than this moment." })
  gt?: string;

  @Field(() => DateTime, {
    nullable: true,
    description: "Keeps what is later or at this very time.",
  })
  gte?: string;

  @Field(() => DateTime, { nullable: true, description: "Keeps what is earlier than this moment." })
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
  description:
    "Conditions on money in the minor unit of its currency; all of them must hold. At most 250 values each.",
})
export class AmountFilter {
  @Field(() => [Amount], { nullable: true, description: ANY_OF })
  eq?: number[];

  @Field(() => [Amount], { nullable: true, description: NONE_OF })
  notEq?: number[];

  @Field(() => Amount, { nullable: true, description: "Keeps what is greater than this." })
  gt?: number;

  @Field(() => Amount, { nullable: true, description: "Keeps what is this or greater." })
  gte?: number;

  @Field(() => Amount, { nullable: true, description: "Keeps what is smaller than this." })
  lt?: number;

  @Field(() => Amount, { nullable: true, description: "Keeps what is this or smaller." })
  lte?: number;
}

@InputType("StringFilter", {
  description:
    "Conditions on a text; all of them must hold. Case is ignored except by `eql` and `notEql`: `Σ`, `σ` and `ς` are equal, `ß` and `ss` are not; `%`, `_` and `\\` are plain characters. At most 250 values each; the filters of one request have at most 250 `prefix`, `suffix` and `match` values together, of at most 10,000 characters.",
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

/** The operators of an enum's filter, in the order of the schema: on its names, and on their letters. */
const NAME_OPERATORS = [
  ["eq", ANY_OF],
  ["notEq", NONE_OF],
  ["eql", "The same as `eq`, for clients that use it on texts as well."],
  ["notEql", "The same as `notEq`, for clients that use it on texts as well."],
] as const;
const LETTER_OPERATORS = [
  ["prefix", "Keeps what has a name that begins with any of these."],
  ["notPrefix", "Keeps what has a name that begins with none of these."],
  ["suffix", "Keeps what has a name that ends with any of these."],
  ["notSuffix", "Keeps what has a name that ends with none of these."],
  ["match", "Keeps what has a name that contains any of these."],
  ["notMatch", "Keeps what has a name that contains none of these."],
] as const;

const enumFilters = new Map<Enumeration, GraphqlClass>();

/** The filter of an enumeration: one for each, whichever records have it. */
function enumFilterOf(enumeration: Enumeration): GraphqlClass {
  const known = enumFilters.get(enumeration);
  if (known) return known;
  const name = `${enumeration.name}Filter`;
  const type = namedClass(name);
  InputType(name, {
    description: `Conditions on the name of one ${enumeration.name}; all of them must hold. Operators that take texts test it in lower case.`,
  })(type);
  const enumType = enumTypeOf(enumeration);
  for (const [operator, told] of NAME_OPERATORS) add(type, operator, () => [enumType], told, true);
  for (const [operator, told] of LETTER_OPERATORS) add(type, operator, () => [String], told, true);
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
  boolean: BooleanFilter,
  dateTime: DateTimeFilter,
};

/** The filter of a record: its filterable fields with the operators of their kinds, and logic. */
export function filterInput(record: RecordDefinition): GraphqlClass {
  const name = `${record.name}Filter`;
  const type = namedClass(name);
  InputType(name, {
    description: `Which ${record.name} records a list keeps. All conditions must hold; \`and\`, \`or\` and \`not\` nest up to 5 deep.`,
  })(type);
  const all = "Keeps what all of these keep; an empty list keeps everything.";
  const any = "Keeps what any of these keeps; an empty list keeps nothing.";
  const none =
    "Keeps what this leaves out. A record that it leaves out for a missing value stays out: ask for it with `isNull`.";
  add(type, "and", () => [type], all, true);
  add(type, "or", () => [type], any, true);
  add(type, "not", () => type, none, true);
  for (const [field, { kind, uses, description }] of Object.entries(record.fields)) {
    if (!uses.filter) continue;
    const filter = filterOf(kind);
    const forms = kind === "phoneNumber" ? ` Accepts ${PHONE_NUMBER_FORMS}.` : "";
    add(type, field, () => filter, `Filters by this: ${description}${forms}`, true);
  }
  return type;
}

function filterOf(kind: FieldKind): object {
  if (typeof kind === "object" && "enumeration" in kind) return enumFilterOf(kind.enumeration);
  const filter = typeof kind === "object" ? undefined : FILTERS[kind];
  if (filter === undefined) throw new TypeError("this kind has no filter");
  return filter;
}
