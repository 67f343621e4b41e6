import { type Sql, join, sql } from "../database/sql.js";
import { type RecordDefinition, columnName, fieldOf } from "../records/record.js";
import type { Aggregation } from "./aggregate.js";
import { type Filter, filterCondition } from "./filter.js";
import type { Grouping } from "./grouping.js";

/**
 * Counts, sums and extremes of a record's rows that are kept for spans of time. Their table has the columns `span`, of the
 * fields by which the rows are rolled up, and of the time, which is the start of the span; `entry_count`; and columns such
 * as `amount_sum`, `amount_min` and `created_at_max`.
 */
export interface Rollups {
  readonly table: Sql;
  /** The table of the rows themselves. The column `position` decides which of them are rolled up. */
  readonly rowTable: Sql;
  /** The condition for the rows of the record in either table. */
  readonly isOfRecord: Sql;
  /** The fields by whose values the rows are rolled up. */
  readonly by: readonly string[];
  readonly time: string;
  readonly amount: string;
  /** The position below which all rows are rolled up, and no others. */
  readonly reached: Sql;
  /** The rows from a position on, and those without one, as a source with the name of the record's table. */
  readonly rowsFrom: (position: Sql, merchantId: string | null) => Sql;
}

/** Spans of one length, whose first one begins with the year 2000 in UTC. */
function spans(length: Sql) {
  const startOf = (instant: Sql): Sql =>
    sql`date_bin(${length}, ${instant}, timestamptz '2000-01-01 00:00Z')`;
  return {
    /** The start of the span that contains an instant. */
    startOf,
    /** The start of the first span at or after an instant. */
    firstFrom: (instant: Sql): Sql =>
      startOf(sql`${instant} + ${length} - interval '1 microsecond'`),
  };
}

/** Each row is in one rollup of each span. */
export const ROLLUP_SPANS = {
  QUARTER: spans(sql`interval '15 minutes'`),
  DAY: spans(sql`interval '1 day'`),
} as const;

/** From here on, the hours, days and longer buckets of every time zone begin with a quarter of an hour. */
export const QUARTERS_SINCE = "2023-01-01T00:00:00Z";

type Bounds = readonly (readonly [operator: string, instant: unknown])[];

/** A filter whose rows are whole rollups, apart from the quarters at the ends of a range of times. */
export interface RolledUpFilter {
  /** The conditions that hold for all rows of a rollup or for none. */
  readonly filters: readonly Filter[];
  readonly bounds: Bounds;
}

/** @returns undefined if the filter needs the rows themselves. */
export function rolledUpFilter(
  record: RecordDefinition,
  rollups: Rollups,
  filter: Filter,
): RolledUpFilter | undefined {
  const filters: Filter[] = [];
  const bounds: [string, unknown][] = [];
  const split = (one: Filter): boolean =>
    entriesOf(one).every(([name, operand]) => {
      if (name === "and") return (operand as Filter[]).every(split);
      if (name !== rollups.time) {
        const condition = { [name]: operand };
        filters.push(condition);
        return isOfKeys(record, rollups, condition);
      }
      const operators = entriesOf(operand as Filter);
      bounds.push(...operators);
      return operators.every(([operator]) => operator in FIRST_WHOLE || operator in END_OF_WHOLE);
    });
  return split(filter) ? { filters, bounds } : undefined;
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
  gte: ROLLUP_SPANS.QUARTER.firstFrom,
  gt: (instant) => ROLLUP_SPANS.QUARTER.firstFrom(sql`${instant} + interval '1 microsecond'`),
};

/** The end of the last quarter that is wholly within an upper bound. */
const END_OF_WHOLE: Readonly<Record<string, (instant: Sql) => Sql>> = {
  lt: ROLLUP_SPANS.QUARTER.startOf,
  lte: ROLLUP_SPANS.QUARTER.startOf,
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
  const from = sql`greatest(${join([sql`timestamptz '-infinity'`, ...firsts], ", ")})`;
  const end = sql`least(${join([sql`timestamptz 'infinity'`, ...ends], ", ")})`;
  const matches = wanted.filters.map((one) => filterCondition(record, one));
  const belong = (...conditions: readonly Sql[]): Sql =>
    sql`where ${join([members, isOfRecord, ...matches, ...conditions], " and ")}`;
  const rollupsOf = (span: keyof typeof ROLLUP_SPANS, first: Sql, beyond: Sql): Sql =>
    sql`select ${join([...keys, ...computed], ", ")} from ${table} as ${record.table}
        ${belong(sql`${record.table}.span = ${span}`, sql`${at} >= ${first}`, sql`${at} < ${beyond}`)}`;
  const rows = (source: Sql, ...conditions: readonly Sql[]): Sql =>
    sql`select ${join(keys, ", ")}, 1, ${value}, ${value}, ${value}, ${at}, ${at}
        from ${source} ${belong(...bounds, ...conditions)}`;
  const rolled = sql`${rowTable} as ${record.table}`;
  const isRolled = sql`${record.table}.position < ${reached}`;
  const firstDay = ROLLUP_SPANS.DAY.firstFrom(from);
  const endOfDays = sql`greatest(${firstDay}, ${ROLLUP_SPANS.DAY.startOf(end)})`;
  const whole = isByTime
    ? [rollupsOf("QUARTER", from, end)]
    : [
        rollupsOf("DAY", firstDay, endOfDays),
        ...(firsts.length > 0 ? [rollupsOf("QUARTER", from, sql`least(${firstDay}, ${end})`)] : []),
        ...(ends.length > 0 ? [rollupsOf("QUARTER", endOfDays, end)] : []),
      ];
  const parts = [
    ...whole,
    rows(rowsFrom(reached, merchantId)),
    ...(firsts.length > 0 ? [rows(rolled, isRolled, sql`${at} < ${from}`)] : []),
    ...(ends.length > 0 ? [rows(rolled, isRolled, sql`${at} >= greatest(${from}, ${end})`)] : []),
  ];
  return sql`(${join(parts, " union all ")}) as ${record.table}`;
}
