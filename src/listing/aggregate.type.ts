import { Arg, Info, Int } from "type-graphql";
import { BigIntString, Decimal } from "../graphql/scalars.js";
import {
  type GraphqlClass,
  add,
  enumOf,
  fieldsThat,
  plainType,
  scalarOf,
} from "./graphql-class.js";
import { TimeBucketInput } from "./list.type.js";
import type { RecordDefinition } from "./record.js";

/**
 * Adds `aggregate` and `groupBy` to a connection.
 *
 * @returns the type of the values of a group's keys.
 */
export function addAggregates(record: RecordDefinition, connection: GraphqlClass): GraphqlClass {
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
  for (const [field, { isReference, kind, description: told }] of keys) {
    if (!isReference) add(values, field, () => scalarOf(kind), told, true);
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

function aggregateType(record: RecordDefinition): GraphqlClass {
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
  const made = new Map<string, GraphqlClass>();
  for (const [field, suffix, use, scalar, description] of parts) {
    const fields = fieldsThat(record, use);
    if (fields.length === 0) continue;
    let type = made.get(suffix);
    if (type === undefined) {
      made.set(suffix, (type = plainType(`${name}${suffix}`, PART_DESCRIPTIONS[suffix])));
      for (const [of, { kind, description: told }] of fields) {
        add(type, of, scalar ?? (() => scalarOf(kind)), `Of this: ${told}`, true);
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
