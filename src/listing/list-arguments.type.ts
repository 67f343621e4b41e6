import { ArgsType, Field, InputType, Int } from "type-graphql";
import { filterInput } from "./filter.input.js";
import { type GraphqlClass, add, enumOf, fieldsThat, namedClass } from "./graphql-class.js";
import { PageInput, SortDirection } from "./list.type.js";
import type { ListArguments } from "./list.js";
import type { PageArguments } from "./page.js";
import type { RecordDefinition } from "../records/record.js";

/** The arguments that every list of the record takes. */
export function argumentsType(record: RecordDefinition): GraphqlClass<ListArguments> {
  const { name } = record;
  const type = namedClass(`${name}Arguments`) as GraphqlClass<ListArguments>;
  ArgsType()(type);
  const filter = filterInput(record);
  const sort = sortInput(record);
  add(
    type,
    "filter",
    () => filter,
    "Which records the list has; all that the caller may see when left out.",
    true,
  );
  add(
    type,
    "sort",
    () => [sort],
    `Sorts by the first of these, what is equal by the next, and in the end by id. Newest ${name} first when left out.`,
    true,
  );
  addPage(type);
  return type;
}

/** The arguments of a list that is neither filtered nor sorted. */
export const PageArgumentsType: GraphqlClass<PageArguments> = namedClass("PageArguments");
ArgsType()(PageArgumentsType);
addPage(PageArgumentsType);

function addPage(type: GraphqlClass): void {
  add(
    type,
    "first",
    () => Int,
    "How many records from the beginning, or after `after`: 1 to 100, 20 when left out.",
    true,
  );
  add(
    type,
    "after",
    () => String,
    "Begins after the record of this cursor, such as the `endCursor` of the page before.",
    true,
  );
  add(
    type,
    "last",
    () => Int,
    "How many records from the end, or before `before`: 1 to 100.",
    true,
  );
  add(
    type,
    "before",
    () => String,
    "Ends before the record of this cursor, such as the `startCursor` of the page after.",
    true,
  );
  add(
    type,
    "page",
    () => PageInput,
    "A page by its number. Refused together with `first`, `after`, `last` or `before`.",
    true,
  );
}

function sortInput(record: RecordDefinition): GraphqlClass {
  const { name } = record;
  const fieldEnum = enumOf(
    `${name}SortField`,
    `The fields of ${name} records that a list can be put in order by.`,
    "Sorts by this",
    fieldsThat(record, "sort"),
  );
  const type = namedClass(`${name}Sort`);
  InputType(`${name}Sort`, {
    description: `One step of an order of ${name} records: a field, and which way it runs.`,
  })(type);
  add(
    type,
    "field",
    () => fieldEnum,
    "What is compared. Where it is the same, the next step decides.",
  );
  const prototype = type.prototype as object;
  Field((() => SortDirection) as unknown as () => typeof String, {
    defaultValue: "ASC",
    description: "Ascending when left out. Missing values come last either way.",
  })(prototype, "direction");
  return type;
}
