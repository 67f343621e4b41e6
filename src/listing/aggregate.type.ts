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
import { TimeBucketInput } from "./sort-and-page.type.js";
import type { FieldKind } from "../records/field.js";
import type { RecordDefinition } from "../records/record.js";

/**
 * Adds `aggregate` and `groupBy` to a connection.
 *
 * @returns the type of a group's key values.
 */
export function addAggregates(record: RecordDefinition, connection: GraphqlClass): GraphqlClass {
  const { name } = record;
  const aggregate = aggregateType(record);
  const description =
    "Aggregates over all records that match the filter, on all pages. The server computes only the selected ones.";
  Info()(connection.prototype as object, "aggregate", 0);
  add(connection, "aggregate", () => aggregate, description);

  const keys = fieldsThat(record, "group");
  const values = plainType(
    `${name}GroupingValues`,
    `The values that the ${name} records of one group share. Null for fields that are not among the keys.`,
  );
  for (const [field, { isReference, kind, description: fieldDescription }] of keys) {
    if (isReference) continue;
    const shared = sharedValue(kind);
    add(values, field, () => scalarOf(kind), `${shared}: ${fieldDescription}`, true);
    addMinorUnits(values, field, { kind });
  }
  const grouping = plainType(
    `${name}Grouping`,
    `A group of ${name} records that have the same value for every key.`,
  );
  add(
    grouping,
    "key",
    () => values,
    "The values of the grouping keys, which all records in the group share.",
  );
  add(grouping, "aggregate", () => aggregate, "Aggregates over the records in this group.");
  const keyEnum = enumOf(
    `${name}GroupingKey`,
    `The fields by which a list of ${name} records can be grouped.`,
    "Groups by this field",
    keys,
  );
  const prototype = connection.prototype as object;
  Arg("keys", () => [keyEnum], {
    description:
      "The fields to group by, at least one. Records with the same value for every key form a group.",
  })(prototype, "groupBy", 0);
  Arg("bucket", () => TimeBucketInput, {
    nullable: true,
    description:
      "The time bucket for keys that are timestamps. Required with such a key, and refused without one.",
  })(prototype, "groupBy", 1);
  Info()(prototype, "groupBy", 2);
  if (keys.some(([, { kind }]) => kind === "metadata")) {
    Arg("metadataKey", () => String, {
      nullable: true,
      description:
        "The metadata key by whose values records are grouped. Required with the key METADATA, and refused without it.",
    })(prototype, "groupBy", 3);
  }
  Bounded(MAX_GROUPS)(prototype, "groupBy");
  add(
    connection,
    "groupBy",
    () => [grouping],
    "The records that match the filter, grouped by the keys and sorted by them. A result of more than 1,000 groups is refused.",
  );
  return values;
}

/** The value of a group's key, as the beginning of its description. */
function sharedValue(kind: FieldKind): string {
  if (kind === "dateTime") return "The start of the time bucket";
  return kind === "metadata"
    ? "The value of `metadataKey` that the group shares, null for records without that key"
    : "The value that the group shares";
}

function aggregateType(record: RecordDefinition): GraphqlClass {
  const { name } = record;
  const aggregate = plainType(
    `${name}Aggregate`,
    `Aggregates over ${name} records. Aggregating amounts in several currencies is refused unless a filter or a grouping key restricts them to one.`,
  );
  add(aggregate, "count", () => Int, "The number of records; 0 when there are none.");
  const parts = [
    [
      "sum",
      "Sums",
      "sum",
      () => BigIntString,
      "Exact sums of any size. Null when there are no records.",
    ],
    [
      "avg",
      "Averages",
      "average",
      () => Decimal,
      "Exact averages, rounded half-up to four decimals. Null when there are no records.",
    ],
    ["min", "Extremes", "extremes", null, "The smallest values. Null when there are no records."],
    ["max", "Extremes", "extremes", null, "The largest values. Null when there are no records."],
  ] as const;
  const made = new Map<string, GraphqlClass>();
  for (const [field, suffix, use, scalar, description] of parts) {
    const fields = fieldsThat(record, use);
    if (fields.length === 0) continue;
    let type = made.get(suffix);
    if (type === undefined) {
      made.set(suffix, (type = plainType(`${name}${suffix}`, PART_DESCRIPTIONS[suffix](name))));
      for (const [of, { kind, description: fieldDescription }] of fields) {
        add(
          type,
          of,
          scalar ?? (() => scalarOf(kind)),
          `${PART_FIELDS[suffix]}: ${fieldDescription}`,
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
  Sums: (name: string) =>
    `The sums of the fields of ${name} records. Null when there are no records.`,
  Averages: (name: string) =>
    `The averages of the fields of ${name} records. Null when there are no records.`,
  Extremes: (name: string) =>
    `The smallest or the largest value of each field of ${name} records. Null when there are no records.`,
};

const PART_FIELDS = {
  Sums: "The sum of this field",
  Averages: "The average of this field",
  Extremes: "The smallest or the largest value of this field",
};
