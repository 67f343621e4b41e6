import { Arg, Info, Int } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import { BigIntString, Decimal } from "../graphql/scalars.js";
import {
  type GraphqlClass,
  add,
  addMinorUnits,
  enumOf,
  fieldsThat,
  plainType,
  scalarOf,
} from "./graphql-class.js";
import { MAX_GROUPS } from "./grouping.js";
import { TimeBucketInput } from "./list.type.js";
import type { RecordDefinition } from "../records/record.js";

/**
 * Adds `aggregate` and `groupBy` to a connection.
 *
 * @returns the type of the values of a group's keys.
 */
export function addAggregates(record: RecordDefinition, connection: GraphqlClass): GraphqlClass {
  const { name } = record;
  const aggregate = aggregateType(record);
  const description =
    "Figures over all records that match the filter, on all pages. Only selected figures are computed.";
  Info()(connection.prototype as object, "aggregate", 0);
  add(connection, "aggregate", () => aggregate, description);

  const keys = fieldsThat(record, "group");
  const values = plainType(
    `${name}GroupingValues`,
    `The values that the ${name} records of one group share; null for fields that are not among the keys.`,
  );
  for (const [field, { isReference, kind, description: told }] of keys) {
    if (isReference) continue;
    const isTime = kind === "dateTime";
    const shared = isTime ? "The beginning of the bucket that this falls in" : "Shared by all";
    add(values, field, () => scalarOf(kind), `${shared}: ${told}`, true);
    addMinorUnits(values, field, { kind });
  }
  const grouping = plainType(
    `${name}Grouping`,
    `The ${name} records that have the same values of all keys, taken together.`,
  );
  add(
    grouping,
    "key",
    () => values,
    "The values of the keys, which all records of the group have in common.",
  );
  add(grouping, "aggregate", () => aggregate, "Figures over the records of this group alone.");
  const keyEnum = enumOf(
    `${name}GroupingKey`,
    `The fields that a list of ${name} records can be divided by.`,
    "Groups by this",
    keys,
  );
  const prototype = connection.prototype as object;
  Arg("keys", () => [keyEnum], {
    description: "One or more keys; records with the same values of all of them are a group.",
  })(prototype, "groupBy", 0);
  Arg("bucket", () => TimeBucketInput, {
    nullable: true,
    description: "How times are cut. Required with a key that is a time, and refused without one.",
  })(prototype, "groupBy", 1);
  Info()(prototype, "groupBy", 2);
  Bounded(MAX_GROUPS)(prototype, "groupBy");
  add(
    connection,
    "groupBy",
    () => [grouping],
    "What the filter leaves, divided into groups and ordered by their keys. More than 1,000 groups are refused.",
  );
  return values;
}

function aggregateType(record: RecordDefinition): GraphqlClass {
  const { name } = record;
  const aggregate = plainType(
    `${name}Aggregate`,
    `Figures over ${name} records. Amounts of several currencies are refused, unless a filter or a key leaves one.`,
  );
  add(aggregate, "count", () => Int, "How many records were taken together; 0 over nothing.");
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
  const made = new Map<string, GraphqlClass>();
  for (const [field, suffix, use, scalar, description] of parts) {
    const fields = fieldsThat(record, use);
    if (fields.length === 0) continue;
    let type = made.get(suffix);
    if (type === undefined) {
      made.set(suffix, (type = plainType(`${name}${suffix}`, PART_DESCRIPTIONS[suffix](name))));
      for (const [of, { kind, description: told }] of fields) {
        add(type, of, scalar ?? (() => scalarOf(kind)), `${PART_FIELDS[suffix]}: ${told}`, true);
      }
    }
    const part = type;
    add(aggregate, field, () => part, description);
  }
  return aggregate;
}

const PART_DESCRIPTIONS = {
  Sums: (name: string) => `The fields of ${name} records, each added up; null over no records.`,
  Averages: (name: string) => `The fields of ${name} records on average; null over no records.`,
  Extremes: (name: string) => `The least or the greatest of ${name} records, field by field.`,
};

const PART_FIELDS = {
  Sums: "The sum of this",
  Averages: "The average of this",
  Extremes: "The least or the greatest of this",
};
