import {
  Arg,
  ArgsType,
  Field,
  Info,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from "type-graphql";
import { Amount, BigIntString, Currency, DateTime, Decimal, Uuid } from "../graphql/scalars.js";
import { Connection } from "./connection.js";
import type { Field as FieldDefinition, FieldUses } from "./field.js";
import { filterInput } from "./filter.input.js";
import { PageInfo, PageInput, SortDirection, TimeBucketInput } from "./list.type.js";
import type { List, ListArguments, ParentKey } from "./list.js";
import type { RecordDefinition, RowOf } from "./record.js";

type Class<T extends object = object> = new (...args: never[]) => T;
type TypeOf = () => typeof String;

/** The GraphQL types of a record's lists. */
export interface ListTypes<R extends RecordDefinition> {
  /** To be named in `@Args`. */
  readonly Arguments: Class<ListArguments>;
  /** What a list answers. */
  readonly Connection: new (
    list: List<R>,
    parent: ParentKey,
    onRead: (rows: readonly RowOf<R>[]) => void,
  ) => Connection<R>;
  /** The values of a group's keys; relations are added by the record's resolver. */
  readonly GroupingValues: Class;
}

/**
 * Makes the types from the record's description: filter, sort, connection, aggregates and groups.
 *
 * @param node the record's own GraphQL type.
 */
export function listTypes<R extends RecordDefinition>(record: R, node: Class): ListTypes<R> {
  const { name } = record;
  const edge = edgeType(name, node);
  const hasAggregates = fieldsThat(record, "sum").length > 0;
  const type = { [`${name}Connection`]: class extends Connection<R> {} }[
    `${name}Connection`
  ] as Class;
  ObjectType(`${name}Connection`, {
    description: `A page of ${name} records, and what can be told of the whole list that it is from.`,
  })(type);
  add(type, "edges", () => [edge], "The page's records, each with its cursor.");
  add(type, "nodes", () => [node], "The page's records without cursors.");
  add(type, "pageInfo", () => PageInfo, "Where the page lies in the list.");
  add(
    type,
    "totalCount",
    () => Int,
    "How many records the whole list has; counted only when asked for.",
  );
  const GroupingValues = hasAggregates ? addAggregates(record, type) : type;
  return {
    Arguments: argumentsType(record),
    Connection: type as unknown as ListTypes<R>["Connection"],
    GroupingValues,
  };
}

function addAggregates(record: RecordDefinition, connection: Class): Class {
  const { name } = record;
  const aggregate = aggregateType(record);
  const description = "Computed over the whole list, whatever the page; only what is asked for.";
  Info()(connection.prototype as object, "aggregate", 0);
  add(connection, "aggregate", () => aggregate, description);

  const keys = fieldsThat(record, "group");
  const values = plainType(
    `${name}GroupingValues`,
    "The values of a group's keys; null for keys that were not asked for.",
  );
  for (const [field, { role, kind, description: told }] of keys) {
    if (role !== "key") add(values, field, () => SCALARS[kind as keyof typeof SCALARS], told, true);
  }
  const grouping = plainType(
    `${name}Grouping`,
    "The records that have the same values of the keys, taken together.",
  );
  add(grouping, "key", () => values, "What the records of the group have in common.");
  add(grouping, "aggregate", () => aggregate, "Computed over the group.");
  const keyEnum = enumOf(`${name}GroupingKey`, "What a list can be grouped by.", keys);
  const prototype = connection.prototype as object;
  Arg("keys", () => [keyEnum], {
    description: "One or more keys; records with the same values of all of them are a group.",
  })(prototype, "groupBy", 0);
  Arg("bucket", () => TimeBucketInput, {
    nullable: true,
    description: "How times are cut; needed when a key is a time.",
  })(prototype, "groupBy", 1);
  Info()(prototype, "groupBy", 2);
  add(
    connection,
    "groupBy",
    () => [grouping],
    "The whole list in groups, ordered by their keys; at most 1,000.",
  );
  return values;
}

function aggregateType(record: RecordDefinition): Class {
  const { name } = record;
  const aggregate = plainType(
    `${name}Aggregate`,
    "What can be computed over a set of records. Money of several currencies is refused.",
  );
  add(aggregate, "count", () => Int, "How many records there are.");
  const parts = [
    [
      "sum",
      "Sums",
      "sum",
      () => BigIntString,
      "Exact sums, whatever their size; null over nothing.",
    ],
    [
      "avg",
      "Averages",
      "average",
      () => Decimal,
      "Exact averages, rounded half-up to four decimals; null over nothing.",
    ],
    ["min", "Extremes", "extremes", null, "The least values; null over nothing."],
    ["max", "Extremes", "extremes", null, "The greatest values; null over nothing."],
  ] as const;
  const made = new Map<string, Class>();
  for (const [field, suffix, use, scalar, description] of parts) {
    const fields = fieldsThat(record, use);
    if (fields.length === 0) continue;
    let type = made.get(suffix);
    if (type === undefined) {
      made.set(suffix, (type = plainType(`${name}${suffix}`, PART_DESCRIPTIONS[suffix])));
      for (const [of, { kind, description: told }] of fields) {
        add(
          type,
          of,
          scalar ?? (() => SCALARS[kind as keyof typeof SCALARS]),
          `Of this: ${told}`,
          true,
        );
      }
    }
    const part = type;
    add(aggregate, field, () => part, description);
  }
  return aggregate;
}

const PART_DESCRIPTIONS = {
  Sums: "The sum of each field over a set of records.",
  Averages: "The average of each field over a set of records.",
  Extremes: "The least or the greatest value of each field over a set of records.",
};

function argumentsType(record: RecordDefinition): Class<ListArguments> {
  const { name } = record;
  const type = class {};
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

function sortInput(record: RecordDefinition): Class {
  const { name } = record;
  const fieldEnum = enumOf(
    `${name}SortField`,
    "What a list can be sorted by.",
    fieldsThat(record, "sort"),
  );
  const type = { [`${name}Sort`]: class {} }[`${name}Sort`] as Class;
  InputType(`${name}Sort`, { description: `One key of an order of ${name} records.` })(type);
  add(type, "field", () => fieldEnum, "What to sort by.");
  const prototype = type.prototype as object;
  Field((() => SortDirection) as unknown as TypeOf, {
    defaultValue: "ASC",
    description: "Which way.",
  })(prototype, "direction");
  return type;
}

function edgeType(name: string, node: Class): Class {
  const type = plainType(`${name}Edge`, `A ${name} in a list, with its place there.`);
  add(type, "cursor", () => String, "The record's place, to go on from with `after` or `before`.");
  add(type, "node", () => node, "The record.");
  return type;
}

/** An enum whose names are those of the fields, and whose values are the fields. */
function enumOf(
  name: string,
  description: string,
  fields: readonly [string, FieldDefinition<unknown>][],
): object {
  const named = fields.map(
    ([field, definition]) => [enumNameOf(field), field, definition] as const,
  );
  const values = Object.fromEntries(named.map(([value, field]) => [value, field]));
  const valuesConfig = Object.fromEntries(
    named.map(([value, , definition]) => [
      value,
      { description: `By this: ${definition.description}` },
    ]),
  );
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}

/** `createdAt` is CREATED_AT; `pocketGroupId`, which stands for a relation, is POCKET_GROUP. */
function enumNameOf(field: string): string {
  return field
    .replace(/Id$/, "")
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
}

function fieldsThat(
  record: RecordDefinition,
  use: keyof FieldUses,
): [string, FieldDefinition<unknown>][] {
  return Object.entries(record.fields).filter(([, { uses }]) => uses[use]);
}

function plainType(name: string, description: string): Class {
  const type = { [name]: class {} }[name] as Class;
  ObjectType(name, { description, simpleResolvers: true })(type);
  return type;
}

function add(
  type: Class,
  name: string,
  of: () => unknown,
  description: string,
  nullable = false,
): void {
  const prototype = type.prototype as object;
  // A field that is a method of the class is resolved by calling it.
  const method = Object.getOwnPropertyDescriptor(Connection.prototype, name);
  const decorate = Field(of as TypeOf, { description, nullable });
  if (method && prototype instanceof Connection) decorate(prototype, name, method);
  else decorate(prototype, name);
}

const SCALARS = {
  uuid: Uuid,
  text: String,
  currency: Currency,
  amount: Amount,
  dateTime: DateTime,
};
