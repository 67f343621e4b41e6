import { type Sql, join, sql } from "../database/sql.js";
import { type RecordDefinition, columnName, fieldOf } from "../records/record.js";
import type { Aggregation } from "./aggregate.js";
import { type Filter, filterCondition } from "./filter.js";
import type { Grouping } from "./grouping.js";

/**
 * Counts, sums and extremes of a record's rows that are kept for quarters of an hour. Their table has the columns of the
 * fields by which the rows are rolled up and of the time, which is the start of the quarter; `entry_count`; and columns
 * such as `amount_sum`, `amount_min` and `created_at_max`.
 */
export interface Rollups {
  readonly table: Sql;
  /** The table of the rows themselves. Its column `position` tells which of them are rolled up. */
  readonly rowTable: Sql;
  /** The condition for the rows of the record in either table. */
  readonly isOfRecord: Sql;
  /** The fields by whose values the rows are rolled up. */
  readonly by: readonly string[];
  readonly time: string;
  readonly amount: string;
  /** The position below which all rows are rolled up, and no others. */
  readonly reached: Sql;
  /** The rows from a position on, as a source with the name of the record's table. */
  readonly rowsFrom: (position: Sql, merchantId: string | null) => Sql;
}

const QUARTER = sql`interval '15 minutes'`;

/** The start of the quarter of an hour that contains an instant. */
export function quarterStart(instant: Sql): Sql {
  return sql`date_bin('15 minutes', ${instant}, timestamptz '2000-01-01 00:00Z')`;
}

/** From here on, the hours, days and longer buckets of every time zone begin with a quarter of an hour. */
export const QUARTERS_SINCE = "2023-01-01T00:00:00Z";

type Bounds = readonly (readonly [operator: string, instant: unknown])[];

/** A filter whose rows are whole rollups, apart from the quarters at the ends of a range of times. */
export interface RolledUpFilter {
  readonly filter: Filter;
  readonly bounds: Bounds;
}

/** @returns undefined if the filter needs the rows themselves. */
export function rolledUpFilter(
  record: RecordDefinition,
  rollups: Rollups,
  filter: Filter,
): RolledUpFilter | undefined {
  const kept: Filter[] = [];
  const bounds: [string, unknown][] = [];
  const split = (one: Filter): boolean =>
    entriesOf(one).every(([name, operand]) => {
      if (name === "and") return (operand as Filter[]).every(split);
      if (name !== rollups.time) {
        kept.push({ [name]: operand });
        return isOfKeys(record, rollups, { [name]: operand });
      }
      const operators = entriesOf(operand as Filter);
      bounds.push(...operators);
      return operators.every(([operator]) => operator in FIRST_WHOLE || operator in END_OF_WHOLE);
    });
  return split(filter) ? { filter: { and: kept }, bounds } : undefined;
}

function entriesOf(filter: Filter): [string, unknown][] {
  return Object.entries(filter).filter(([, operand]) => operand !== undefined);
}

/** Whether a filter selects only by the fields by which rows are rolled up. */
function isOfKeys(record: RecordDefinition, rollups: Rollups, filter: Filter): boolean {
  return entriesOf(filter).every(([name, operand]) => {
    if (name === "not") return isOfKeys(record, rollups, operand as Filter);
    if (name === "and" || name === "or")
      return (operand as Filter[]).every((part) => isOfKeys(record, rollups, part));
    return isKey(record, rollups, name);
  });
}

function isKey(record: RecordDefinition, { by }: Rollups, name: string): boolean {
  return by.includes(fieldOf(record, name).through?.key ?? name);
}

/** Whether rollups have what is to be computed of each group. */
export function areRolledUp(
  record: RecordDefinition,
  rollups: Rollups,
  requested: readonly Aggregation[],
  grouping: Grouping | null,
): boolean {
  const { amount, time } = rollups;
  const grouped = grouping?.fields ?? [];
  return (
    requested.every((one) => one === "count" || [amount, time].includes(one.split(".")[1] ?? "")) &&
    grouped.every((name) => name === time || isKey(record, rollups, name))
  );
}

/** The start of the first quarter that is wholly within a lower bound. */
const FIRST_WHOLE: Readonly<Record<string, (instant: Sql) => Sql>> = {
  gte: (instant) => quarterStart(sql`${instant} + ${QUARTER} - interval '1 microsecond'`),
  gt: (instant) => sql`${quarterStart(instant)} + ${QUARTER}`,
};

/** The end of the last quarter that is wholly within an upper bound. */
const END_OF_WHOLE: Readonly<Record<string, (instant: Sql) => Sql>> = {
  lt: quarterStart,
  lte: quarterStart,
};

const COMPARISONS: Readonly<Record<string, Sql>> = {
  gte: sql`>=`,
  gt: sql`>`,
  lt: sql`<`,
  lte: sql`<=`,
};

/**
 * The rollups of a list, and the rows that are in none of them or only partly wanted, in the columns of rollups: a source
 * with the name of the record's table. One statement reads both, so the result is exact.
 *
 * @param members the condition for the list's rows, apart from its filter.
 * @param merchantId the merchant of all rows; null if they may have any.
 */
export function rolledUpRows(
  record: RecordDefinition,
  rollups: Rollups,
  wanted: RolledUpFilter,
  members: Sql,
  merchantId: string | null,
  grouping: Grouping | null,
): Sql {
  const { table, rowTable, isOfRecord, by, time, amount, reached, rowsFrom } = rollups;
  const columnsOf = (...names: readonly string[]): Sql[] =>
    names.map((name) => sql`${record.table}.${columnName(name)}`);
  const [at, value] = columnsOf(time, amount);
  const keys = columnsOf(...by, time);
  const computed = columnsOf(
    "entryCount",
    ...["sum", "min", "max"].map((name) => `${amount}_${name}`),
    ...["min", "max"].map((name) => `${time}_${name}`),
  );
  const bounds = wanted.bounds.map(
    ([operator, instant]) => sql`${at} ${COMPARISONS[operator]} ${instant}::timestamptz`,
  );
  const edges = (of: typeof FIRST_WHOLE): Sql[] =>
    wanted.bounds.flatMap(
      ([operator, instant]) => of[operator]?.(sql`${instant}::timestamptz`) ?? [],
    );
  const isByTime = grouping?.fields.includes(time) === true;
  const firsts = [
    ...edges(FIRST_WHOLE),
    ...(isByTime ? [sql`${QUARTERS_SINCE}::timestamptz`] : []),
  ];
  const ends = edges(END_OF_WHOLE);
  const isFrom = sql`${at} >= greatest(${join([sql`timestamptz '-infinity'`, ...firsts], ", ")})`;
  const isUpTo = sql`${at} < least(${join([sql`timestamptz 'infinity'`, ...ends], ", ")})`;
  const matches = filterCondition(record, wanted.filter);
  const belong = (...conditions: readonly Sql[]): Sql =>
    sql`where ${join([members, matches, isOfRecord, ...conditions], " and ")}`;
  const rows = (source: Sql, ...conditions: readonly Sql[]): Sql =>
    sql`select ${join(keys, ", ")}, 1, ${value}, ${value}, ${value}, ${at}, ${at}
        from ${source} ${belong(...bounds, ...conditions)}`;
  const rolled = sql`${rowTable} as ${record.table}`;
  const isRolled = sql`${record.table}.position < ${reached}`;
  const parts = [
    sql`select ${join([...keys, ...computed], ", ")}
        from ${table} as ${record.table} ${belong(isFrom, isUpTo)}`,
    rows(rowsFrom(reached, merchantId)),
    ...(firsts.length > 0 ? [rows(rolled, isRolled, sql`not ${isFrom}`)] : []),
    ...(ends.length > 0 ? [rows(rolled, isRolled, isFrom, sql`not ${isUpTo}`)] : []),
  ];
  return sql`(${join(parts, " union all ")}) as ${record.table}`;
}
