import { ArgsType, Field, InputType, Int } from "type-graphql";
import { filterInput } from "./filter.input.js";
import { type GraphqlClass, add, enumOf, fieldsThat, namedClass } from "./graphql-class.js";
import { PageInput, SortDirection } from "./list.type.js";
import type { ListArguments } from "./list.js";
import type { RecordDefinition } from "./record.js";

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
    `The order: by the first, then by the next, and in the end by id. Newest ${name} first when left out.`,
    true,
  );
  add(
    type,
    "first",
    () => Int,
    "How many records from the beginning, or after `after`: 1 to 100, 20 when left out.",
    true,
  );
  add(type, "after", () => String, "Begins after the record of this cursor.", true);
  add(
    type,
    "last",
    () => Int,
    "How many records from the end, or before `before`: 1 to 100.",
    true,
  );
  add(type, "before", () => String, "Ends before the record of this cursor.", true);
  add(type, "page", () => PageInput, "A page by its number, in place of cursors.", true);
  return type;
}

function sortInput(record: RecordDefinition): GraphqlClass {
  const { name } = record;
  const fieldEnum = enumOf(
    `${name}SortField`,
    "What a list can be sorted by.",
    fieldsThat(record, "sort"),
  );
  const type = namedClass(`${name}Sort`);
  InputType(`${name}Sort`, { description: `One key of an order of ${name} records.` })(type);
  add(type, "field", () => fieldEnum, "What to sort by.");
  const prototype = type.prototype as object;
  Field((() => SortDirection) as unknown as () => typeof String, {
    defaultValue: "ASC",
    description: "Which way.",
  })(prototype, "direction");
  return type;
}
