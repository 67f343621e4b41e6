import type { Column } from "../database/row.js";
import { type Sql, alias, integer, join, sql } from "../database/sql.js";
import { type Aggregate, type AggregateRow, type Aggregation, readAggregate } from "./aggregate.js";
import { present } from "../shared/assert.js";
import { isTimeZone } from "../shared/time-zone.js";
import { badInput } from "./bad-input.js";
import { type TimeBucket, bucketOf, bucketStartsOf } from "./bucket.js";
import { metadataValue, metadataValueIn } from "./metadata-value.js";
import type { Field } from "../records/field.js";
import { resultColumnOf } from "../records/column-type.js";
import {
  type RecordDefinition,
  columnName,
  columnOf,
  fieldOf,
  sortedAs,
} from "../records/record.js";

/** The fields to group by, the bucket for timestamps, and the key for metadata. */
export interface Grouping {
  readonly fields: readonly string[];
  readonly bucket: TimeBucket | null;
  readonly metadataKey: string | null;
}

/** The maximum number of groups in one list; a request for more is refused. */
export const MAX_GROUPS = 1_000;

/** A bucket spans at most two calendar units, so more units than this mean more groups than allowed. */
const MOST_LABELS = 2 * MAX_GROUPS + 1;

/** @throws AppError BAD_USER_INPUT with the argument's path. */
export function checkGrouping(
  record: RecordDefinition,
  keys: readonly string[],
  bucket: TimeBucket | null | undefined,
  metadataKey?: string | null,
): Grouping {
  const fields = [...new Set(keys)];
  if (fields.length === 0) throw badInput("keys", "must contain at least one key.");
  const hasTime = fields.some((field) => fieldOf(record, field).kind === "dateTime");
  if (hasTime && !bucket) throw badInput("bucket", "is required to group by a timestamp.");
  if (!hasTime && bucket)
    throw badInput("bucket", "applies to no key: none of the keys is a timestamp. Leave it out.");
  if (bucket && !isTimeZone(bucket.timeZone)) {
    throw badInput(
      "bucket.timeZone",
      `${shownZone(bucket)} must be the IANA name of a place, such as Asia/Tehran.`,
    );
  }
  const hasMetadata = fields.some((field) => fieldOf(record, field).kind === "metadata");
  if (hasMetadata && metadataKey == null)
    throw badInput("metadataKey", "is required to group by metadata.");
  if (!hasMetadata && metadataKey != null)
    throw badInput("metadataKey", "applies to no key: none of the keys is METADATA. Leave it out.");
  return { fields, bucket: bucket ?? null, metadataKey: metadataKey ?? null };
}

/** The field by whose values rows are grouped. */
function groupedField(record: RecordDefinition, name: string): Field<unknown> {
  const field = fieldOf(record, name);
  return field.kind === "metadata" ? metadataValue : field;
}

/**
 * The SQL to group rows: the columns of the keys, each under its field's name, and the source of the rows.
 *
 * @param tables the tables of the rows.
 * @param condition selects the rows to group.
 */
export function groupingOf(
  record: RecordDefinition,
  { fields, bucket, metadataKey }: Grouping,
  tables: Sql,
  condition: Sql,
): { readonly keys: Sql; readonly from: Sql } {
  const isTime = (field: string): boolean => fieldOf(record, field).kind === "dateTime";
  const startsOf = (field: string): Sql => sql`${columnName(field)}_starts`;
  const keyOf = (field: string): Sql => {
    const column = columnOf(record, field);
    if (isTime(field)) return bucketOf(column, sql`${startsOf(field)}.starts`);
    const isMetadata = fieldOf(record, field).kind === "metadata";
    return isMetadata ? metadataValueIn(column, present(metadataKey, "a metadata key")) : column;
  };
  const keys = fields.map((field) => sql`${keyOf(field)} as ${alias(field)}`);
  const starts = fields.filter(isTime).map((field) => {
    const rows = sql`from ${tables} where ${condition}`;
    const array = bucketStartsOf(
      columnOf(record, field),
      rows,
      present(bucket, "a bucket"),
      MOST_LABELS,
    );
    return sql` cross join (select ${array} as starts offset 0) as ${startsOf(field)}`;
  });
  const from = sql`from ${tables}${starts.length > 0 ? join(starts, "") : sql``} where ${condition}`;
  return { keys: join(keys, ", "), from };
}

/** The columns of the keys in a result. */
export function keyColumnsOf(
  record: RecordDefinition,
  { fields }: Grouping,
): Record<string, Column<unknown>> {
  return Object.fromEntries(
    fields.map((name) => [name, resultColumnOf(groupedField(record, name))]),
  );
}

/**
 * Groups by the keys, which must be the first columns of the statement: PostgreSQL would read a name as that of a
 * column. Reads one group more than the maximum, to detect that there are too many.
 */
export function groupByKeys({ fields }: Grouping): Sql {
  const positions = fields.map((_, index) => integer(index + 1));
  return sql`group by ${join(positions, ", ")} limit ${MAX_GROUPS + 1}`;
}

export function orderByKeys(record: RecordDefinition, { fields }: Grouping): Sql {
  const keys = fields.map((field) => sortedAs(groupedField(record, field), alias(field)));
  return sql`order by ${join(keys, ", ")}`;
}

/** In characters. The longest name has 32. */
const SHOWN_LENGTH = 60;

function shownZone({ timeZone }: TimeBucket): string {
  return JSON.stringify(
    timeZone.length > SHOWN_LENGTH ? `${timeZone.slice(0, SHOWN_LENGTH)}…` : timeZone,
  );
}

const INVALID_PARAMETER_VALUE = "22023";

/** Node.js may know a zone that is too new for PostgreSQL. @returns the error to throw. */
export function refuseTimeZone(error: unknown, { bucket }: Grouping): unknown {
  if ((error as { code?: string }).code !== INVALID_PARAMETER_VALUE || bucket === null)
    return error;
  return badInput("bucket.timeZone", `${shownZone(bucket)} is not known to PostgreSQL.`);
}

/** A group: the values of its keys, by field, and its aggregates. */
export interface Group {
  readonly key: Readonly<Record<string, unknown>>;
  readonly aggregate: Aggregate;
}

/** @throws AppError BAD_USER_INPUT for more groups than the maximum. */
export function readGroups(
  record: RecordDefinition,
  { fields }: Grouping,
  requested: readonly Aggregation[],
  rows: readonly AggregateRow[],
): Group[] {
  if (rows.length > MAX_GROUPS) {
    throw badInput(
      "keys",
      `produce more than ${String(MAX_GROUPS)} groups. Narrow the filter, or use a longer bucket.`,
    );
  }
  return rows.map((row) => ({
    key: Object.fromEntries(fields.map((field) => [field, row[field] ?? null])),
    aggregate: readAggregate(record, requested, row, "groupBy"),
  }));
}
