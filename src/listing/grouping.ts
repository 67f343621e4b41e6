import { type Sql, alias, join, sql } from "../database/sql.js";
import { type Aggregate, type AggregateRow, type Aggregation, readAggregate } from "./aggregate.js";
import { badInput } from "./bad-input.js";
import { type TimeBucket, bucketStart } from "./bucket.js";
import { type RecordDefinition, columnOf, fieldOf } from "./record.js";

/** By which fields to group, and how times are cut. */
export interface Grouping {
  readonly fields: readonly string[];
  readonly bucket: TimeBucket | null;
}

const MAX_GROUPS = 1_000;

/** @throws AppError BAD_USER_INPUT that names the argument. */
export function checkGrouping(
  record: RecordDefinition,
  keys: readonly string[],
  bucket: TimeBucket | null | undefined,
): Grouping {
  const fields = [...new Set(keys)];
  if (fields.length === 0) throw badInput("keys", "must name at least one key.");
  const hasTime = fields.some((field) => fieldOf(record, field).kind === "dateTime");
  if (hasTime && !bucket) throw badInput("bucket", "is needed to group by a time.");
  if (!hasTime && bucket) throw badInput("bucket", "applies to no key: none of them is a time.");
  if (bucket && !isTimeZone(bucket.timeZone)) {
    throw badInput(
      "bucket.timeZone",
      `${JSON.stringify(bucket.timeZone)} is not an IANA time zone, such as Asia/Tehran.`,
    );
  }
  return { fields, bucket: bucket ?? null };
}

/** The columns of the keys, each under its field's name. */
export function groupColumns(record: RecordDefinition, { fields, bucket }: Grouping): Sql {
  const columns = fields.map((field) => {
    const column = columnOf(record, field);
    const isTime = bucket !== null && fieldOf(record, field).kind === "dateTime";
    const value = isTime ? bucketStart(column, bucket) : column;
    return sql`${value} as ${alias(field)}`;
  });
  return join(columns, ", ");
}

/** One group more than may be answered is read, to tell that there are too many. */
export function groupByKeys(grouping: Grouping): Sql {
  const names = join(grouping.fields.map(alias), ", ");
  return sql`group by ${names} limit ${MAX_GROUPS + 1}`;
}

export function orderByKeys({ fields }: Grouping): Sql {
  return sql`order by ${join(fields.map(alias), ", ")}`;
}

const AREAS =
  /^(UTC|GMT|(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)\/.+)$/;

/**
 * Names of places alone. Abbreviations such as IST mean one zone here and another in PostgreSQL, and
 * the sign of an offset such as +03:30 is read the other way round there.
 */
function isTimeZone(name: string): boolean {
  try {
    return AREAS.test(name) && Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false; // a RangeError: no such zone
  }
}

const INVALID_PARAMETER_VALUE = "22023";

/** A zone that is known here may be too new for PostgreSQL. @returns what to throw for the error. */
export function refuseTimeZone(error: unknown, { bucket }: Grouping): unknown {
  if ((error as { code?: string }).code !== INVALID_PARAMETER_VALUE || bucket === null)
    return error;
  return badInput(
    "bucket.timeZone",
    `${JSON.stringify(bucket.timeZone)} is not known to PostgreSQL.`,
  );
}

/** The values of a group's keys, by field, and its aggregate. */
export interface Group {
  readonly key: Readonly<Record<string, unknown>>;
  readonly aggregate: Aggregate;
}

/** @throws AppError BAD_USER_INPUT for more groups than may be answered. */
export function readGroups(
  record: RecordDefinition,
  { fields }: Grouping,
  asked: readonly Aggregation[],
  rows: readonly AggregateRow[],
): Group[] {
  if (rows.length > MAX_GROUPS) {
    throw badInput(
      "keys",
      `make more than ${String(MAX_GROUPS)} groups. Filter more, or take larger buckets.`,
    );
  }
  return rows.map((row) => ({
    key: Object.fromEntries(fields.map((field) => [field, row[field] ?? null])),
    aggregate: readAggregate(record, asked, row, "groupBy"),
  }));
}
