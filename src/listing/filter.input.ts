import { InputType } from "type-graphql";
import { enumTypeOf } from "../graphql/enum-type.js";
import type { Enumeration } from "../shared/enumeration.js";
import { SEARCHED_PHONE_NUMBER_FORMS } from "../shared/phone-number.js";
import type { FieldKind } from "../records/field.js";
import { type GraphqlClass, add, namedClass } from "./graphql-class.js";
import { MetadataFilter } from "./metadata-filter.input.js";
import {
  ANY_OF,
  AmountFilter,
  BooleanFilter,
  DateTimeFilter,
  IdFilter,
  IntFilter,
  NONE_OF,
  StringFilter,
} from "./value-filters.input.js";
import type { RecordDefinition } from "../records/record.js";

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
