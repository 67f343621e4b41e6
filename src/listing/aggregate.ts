import { type Column, type RowType, column, rowOf } from "../database/row.js";
import { type Sql, alias, join, sql } from "../database/sql.js";
import type { Instant } from "../shared/instant.js";
import { badInput } from "./bad-input.js";
import { resultColumnOf } from "../records/column-type.js";
import { type RecordDefinition, columnName, columnOf, fieldOf } from "../records/record.js";

export type AggregateFunction = "sum" | "avg" | "min" | "max";

/** One thing to compute over a set of rows: their number, or a function of a field. */
export type Aggregation = "count" | `${AggregateFunction}.${string}`;

/** The computed values; those that were not requested are left out. */
export interface Aggregate {
  readonly count: number;
  readonly sum: Readonly<Record<string, string | null>>;
  readonly avg: Readonly<Record<string, string | null>>;
  readonly min: Readonly<Record<string, number | Instant | null>>;
  readonly max: Readonly<Record<string, number | Instant | null>>;
}

/** The columns of an aggregate's row, under the names that `readAggregate` looks for. */
export type AggregateRow = Readonly<Record<string, unknown>>;

const CURRENCIES = { min: "leastCurrency", max: "greatestCurrency" } as const;

/**
 * The columns that compute the aggregations, each once, and the type of their rows. The count is always
 * included: it is free.
 *
 * @param areRolledUp whether the rows are rollups; see `Rollups`.
 */
export function aggregateColumns(
  record: RecordDefinition,
  requested: readonly Aggregation[],
  areRolledUp = false,
): { readonly columns: Sql; readonly row: RowType<AggregateRow> } {
  const parts = new Map<string, readonly [Sql, Column<unknown>]>([
    ["count", [areRolledUp ? COUNT_OF_ROLLUPS : sql`count(*)::int`, column.integer()]],
  ]);
  for (const { name, field, operation } of requested.flatMap((one) => computationsOf(one))) {
    const read = operation === "sum" ? column.text() : resultColumnOf(fieldOf(record, field));
    const of = areRolledUp
      ? sql`${record.table}.${columnName(`${field}_${operation}`)}`
      : columnOf(record, field);
    parts.set(name, [APPLY[operation](of), column.nullable(read)]);
  }
  if (needsOneCurrency(record, requested)) {
    const currency = columnOf(record, record.currencyField ?? "");
    parts.set(CURRENCIES.min, [APPLY.min(currency), column.nullable(column.text())]);
    parts.set(CURRENCIES.max, [APPLY.max(currency), column.nullable(column.text())]);
  }
  const named = [...parts].map(([name, [computed]]) => sql`${computed} as ${alias(name)}`);
  const read = [...parts].map(([name, [, result]]) => [name, result] as const);
  return { columns: join(named, ", "), row: rowOf(Object.fromEntries(read)) };
}

/** The fields whose tables the columns need. */
export function fieldsOfAggregate(
  record: RecordDefinition,
  requested: readonly Aggregation[],
): string[] {
  const currency = needsOneCurrency(record, requested) ? [record.currencyField ?? ""] : [];
  return [
    ...requested.flatMap((one) => computationsOf(one).map(({ field }) => field)),
    ...currency,
  ];
}

/**
 * @param place what was aggregated, for the error message.
 * @throws AppError BAD_USER_INPUT for amounts in several currencies: their sum would be meaningless.
 */
export function readAggregate(
  record: RecordDefinition,
  requested: readonly Aggregation[],
  row: AggregateRow,
  place: string,
): Aggregate {
  const isMixed = row[CURRENCIES.min] !== row[CURRENCIES.max];
  if (isMixed && needsOneCurrency(record, requested)) {
    throw badInput(
      place,
      `would mix amounts in several currencies (${String(row[CURRENCIES.min])}, ${String(row[CURRENCIES.max])}). ` +
        "Filter by one currency or pocket group, or group by CURRENCY.",
    );
  }
  const count = Number(row["count"]);
  const aggregate = { count, sum: {}, avg: {}, min: {}, max: {} } as {
    count: number;
  } & Record<AggregateFunction, Record<string, unknown>>;
  for (const one of requested) {
    if (one === "count") continue;
    const { operation, field } = partsOf(one);
    const value = row[columnAlias(operation === "avg" ? "sum" : operation, field)] ?? null;
    aggregate[operation][field] =
      operation === "avg" && value !== null ? averageOf(value as string, count) : value;
  }
  return aggregate as Aggregate;
}

/**
 * The exact quotient, rounded half-up to four decimals. Uses integers because PostgreSQL's `avg` returns too
 * few decimals for large sums.
 */
export function averageOf(sum: string, count: number): string {
  const divisor = BigInt(count) * 2n;
  // Rounding half-up is the floor of the value plus one half, in units of 1/10,000.
  const doubled = BigInt(sum) * 20_000n + BigInt(count);
  const quotient = doubled / divisor;
  const units = doubled % divisor < 0n ? quotient - 1n : quotient;
  const digits = (units < 0n ? -units : units).toString().padStart(5, "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function needsOneCurrency(record: RecordDefinition, requested: readonly Aggregation[]): boolean {
  return (
    record.currencyField !== undefined &&
    requested.some(
      (one) => one !== "count" && fieldOf(record, partsOf(one).field).kind === "amount",
    )
  );
}

interface Computation {
  readonly name: string;
  readonly field: string;
  readonly operation: keyof typeof APPLY;
}

function computationsOf(aggregation: Aggregation): Computation[] {
  if (aggregation === "count") return [];
  const { operation, field } = partsOf(aggregation);
  // An average is computed from the sum and the count.
  const inSql = operation === "avg" ? "sum" : operation;
  return [{ name: columnAlias(inSql, field), field, operation: inSql }];
}

const COUNT_OF_ROLLUPS = sql`coalesce(sum(entry_count), 0)::int`;

const APPLY = {
  // As a string: a sum may exceed the integers that JavaScript represents exactly.
  sum: (column: Sql) => sql`sum(${column})::text`,
  min: (column: Sql) => sql`min(${column})`,
  max: (column: Sql) => sql`max(${column})`,
};

function partsOf(aggregation: Exclude<Aggregation, "count">): {
  operation: AggregateFunction;
  field: string;
} {
  const [operation, field] = aggregation.split(".") as [AggregateFunction, string];
  return { operation, field };
}

function columnAlias(operation: "sum" | "min" | "max", field: string): string {
  return `${operation}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}
