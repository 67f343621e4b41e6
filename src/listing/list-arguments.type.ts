import { ArgsType, Field, InputType, Int } from "type-graphql";
import {
  type GraphqlClass,
  add,
  enumOf,
  fieldsThat,
  namedClass,
  upperSnakeCase,
} from "./graphql-class.js";
import { PageInput, SortDirection } from "./sort-and-page.type.js";
import type { ListArguments } from "./list-query.js";
import type { PageArguments } from "./page.js";
import type { RecordDefinition } from "../records/record.js";

/**
 * The arguments that every list of the record accepts.
 *
 * @param filter the record's filter.
 * @param defaultOrder describes the order without a `sort`.
 */
export function argumentsType(
  record: RecordDefinition,
  filter: GraphqlClass,
  defaultOrder = `the newest ${record.name} comes first`,
): GraphqlClass<ListArguments> {
  const { name } = record;
  const type = namedClass(`${name}Arguments`) as GraphqlClass<ListArguments>;
  ArgsType()(type);
  const sort = sortInput(record);
  add(
    type,
    "filter",
    () => filter,
    "Conditions that the records must meet. If omitted, the list has every record that the caller may see.",
    true,
  );
  add(
    type,
    "sort",
    () => [sort],
    `The sort order: by the first field, then by the next where values are equal, and finally by id. If omitted, ${defaultOrder}.`,
    true,
  );
  addPage(type);
  return type;
}

/** The arguments of a list that supports neither filters nor sorting. */
export const PageArgumentsType: GraphqlClass<PageArguments> = namedClass("PageArguments");
ArgsType()(PageArgumentsType);
addPage(PageArgumentsType);

function addPage(type: GraphqlClass): void {
  add(
    type,
    "first",
    () => Int,
    "The number of records to return from the start, or after `after`: 1 to 100. Defaults to 20.",
    true,
  );
  add(
    type,
    "after",
    () => String,
    "Starts after the record with this cursor, such as the `endCursor` of the previous page.",
    true,
  );
  add(
    type,
    "last",
    () => Int,
    "The number of records to return from the end, or before `before`: 1 to 100.",
    true,
  );
  add(
    type,
    "before",
    () => String,
    "Ends before the record with this cursor, such as the `startCursor` of the next page.",
    true,
  );
  add(
    type,
    "page",
    () => PageInput,
    "A page, by number. Cannot be combined with `first`, `after`, `last` or `before`.",
    true,
  );
}

function sortInput(record: RecordDefinition): GraphqlClass {
  const { name } = record;
  const fieldEnum = enumOf(
    `${name}SortField`,
    `The fields by which a list of ${name} records can be sorted.`,
    "Sorts by this field",
    fieldsThat(record, "sort"),
    upperSnakeCase,
  );
  const type = namedClass(`${name}Sort`);
  InputType(`${name}Sort`, {
    description: `A field to sort ${name} records by, with a direction.`,
  })(type);
  add(
    type,
    "field",
    () => fieldEnum,
    "The field to compare. Records with equal values are sorted by the next field.",
  );
  const prototype = type.prototype as object;
  Field((() => SortDirection) as unknown as () => typeof String, {
    defaultValue: "ASC",
    description:
      "The direction. Defaults to ascending. Missing values come last in both directions.",
  })(prototype, "direction");
  return type;
}
