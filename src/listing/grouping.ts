import type { Column } from "../database/row.js";
import { type Sql, alias, join, sql } from "../database/sql.js";
import { type Aggregate, type AggregateRow, type Aggregation, readAggregate } from "./aggregate.js";
import { present } from "../shared/assert.js";
import { badInput } from "./bad-input.js";
import { type TimeBucket, bucketOf, bucketStartsOf } from "./bucket.js";
import {
  type RecordDefinition,
  columnName,
  columnOf,
  fieldOf,
  resultColumnOf,
  sortedAs,
} from "../records/record.js";

/** By which fields to group, and how times are cut. */
export interface Grouping {
  readonly fields: readonly string[];
  readonly bucket: TimeBucket | null;
}

/** The maximum number of groups of one list; more are refused. */
export const MAX_GROUPS = 1_000;

/** A bucket has instants of at most two calendar units, so more units than this mean more groups than allowed. */
const MOST_LABELS = 2 * MAX_GROUPS + 1;

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
      `${shownZone(bucket)} is not the IANA name of a place, such as Asia/Tehran.`,
    );
  }
  return { fields, bucket: bucket ?? null };
}

/**
 * The SQL to group rows: the columns of the keys, each under its field's name, and the source of the rows.
 *
 * @param tables the tables of the rows.
 * @param condition selects the rows to group.
 */
export function groupingOf(
  record: RecordDefinition,
  { fields, bucket }: Grouping,
  tables: Sql,
  condition: Sql,
): { readonly keys: Sql; readonly from: Sql } {
  const isTime = (field: string): boolean => fieldOf(record, field).kind === "dateTime";
  const startsOf = (field: string): Sql => sql`${columnName(field)}_starts`;
  const keys = fields.map((field) => {
    const column = columnOf(record, field);
    const key = isTime(field) ? bucketOf(column, sql`${startsOf(field)}.starts`) : column;
    return sql`${key} as ${alias(field)}`;
  });
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

/** How the columns of the keys are read in a result. */
export function keyColumnsOf(
  record: RecordDefinition,
  { fields }: Grouping,
): Record<string, Column<unknown>> {
  return Object.fromEntries(fields.map((name) => [name, resultColumnOf(fieldOf(record, name))]));
}

/** One group more than may be answered is read, to tell that there are too many. */
export function groupByKeys(grouping: Grouping): Sql {
  const names = join(grouping.fields.map(alias), ", ");
  return sql`group by ${names} limit ${MAX_GROUPS + 1}`;
}

export function orderByKeys(record: RecordDefinition, { fields }: Grouping): Sql {
  const keys = fields.map((field) => sortedAs(fieldOf(record, field), alias(field)));
  return sql`order by ${join(keys, ", ")}`;
}

/** Areas of the IANA's names, and its older names of places that are in none. */
const PLACES = new RegExp(
  [
    "^(UTC|GMT|",
    "(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)/.+|",
    "(Brazil|Canada|Chile|Mexico|US)/.+|",
    "Cuba|Egypt|Eire|GB|GB-Eire|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|Navajo|",
    "NZ|NZ-CHAT|Poland|Portugal|PRC|ROC|ROK|Singapore|Turkey|W-SU)$",
  ].join(""),
  "i",
);

/**
 * Names of places alone, in any case. Abbreviations such as IST and CET mean one zone here and another in
 * PostgreSQL, and the sign of an offset such as +03:30 is read the other way round there.
 */
function isTimeZone(name: string): boolean {
  try {
    return PLACES.test(name) && Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false; // a RangeError: no such zone
  }
}

/** The longest name has 32 characters. */
const SHOWN_LENGTH = 60;

function shownZone({ timeZone }: TimeBucket): string {
  return JSON.stringify(
    timeZone.length > SHOWN_LENGTH ? `${timeZone.slice(0, SHOWN_LENGTH)}…` : timeZone,
  );
}

const INVALID_PARAMETER_VALUE = "22023";

/** A zone that is known here may be too new for PostgreSQL. @returns what to throw for the error. */
export function refuseTimeZone(error: unknown, { bucket }: Grouping): unknown {
  if ((error as { code?: string }).code !== INVALID_PARAMETER_VALUE || bucket === null)
    return error;
  return badInput("bucket.timeZone", `${shownZone(bucket)} is not known to PostgreSQL.`);
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
