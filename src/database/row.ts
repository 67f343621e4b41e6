import pg from "pg";
import { assert } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";

const { BOOL, BYTEA, INT4, INT8, JSONB, TEXT, TIMESTAMPTZ, UUID, VARCHAR } = pg.types.builtins;
const TEXT_ARRAY = 1009;

declare const value: unique symbol;

/** A column of a result, read as the TypeScript type `T`. */
export interface Column<T> {
  /** The PostgreSQL types, by their object ids, that node-postgres reads as `T`. */
  readonly typeIds: readonly number[];
  readonly isNullable: boolean;
  readonly [value]?: T;
}

function columnOf<T>(...typeIds: number[]): Column<T> {
  return { typeIds, isNullable: false };
}

/** The columns, by PostgreSQL type. Give a narrower TypeScript type only if a constraint ensures it. */
export const column = {
  text: <T extends string = string>() => columnOf<T>(TEXT, VARCHAR),
  uuid: <T extends string = string>() => columnOf<T>(UUID),
  /** Within ±(2^53-1). */
  bigint: () => columnOf<number>(INT8),
  integer: () => columnOf<number>(INT4),
  boolean: () => columnOf<boolean>(BOOL),
  timestamp: () => columnOf<Instant>(TIMESTAMPTZ),
  bytes: () => columnOf<Buffer>(BYTEA),
  json: <T>() => columnOf<T>(JSONB),
  textArray: <T extends string = string>() => columnOf<T[]>(TEXT_ARRAY),
  nullable: <T>(of: Column<T>): Column<T | null> => ({ ...of, isNullable: true }),
};

export type Columns = Readonly<Record<string, Column<unknown>>>;

/** The type of a row with these columns. */
export type RowWith<C extends Columns> = {
  readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never;
};

/** The row of a `RowType`. */
export type RowIn<T> = T extends RowType<infer Row> ? Row : never;

/** The part of a statement's result that is needed to check its rows. */
export interface Answer {
  readonly rows: readonly unknown[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** The rows of a statement: their TypeScript type, and a check that the database returns such rows. */
export class RowType<Row> {
  /** @param columns the columns to check; the statement may return further ones. */
  constructor(readonly columns: Columns) {}

  /** @throws InvariantError for a missing column, a different PostgreSQL type, or an undeclared null. */
  read({ rows, fields }: Answer): Row[] {
    for (const [name, { typeIds, isNullable }] of Object.entries(this.columns)) {
      const field = fields.find((one) => one.name === name);
      assert(field !== undefined, `a statement returns no column ${name}`);
      const typeId = field.dataTypeID;
      assert(
        typeIds.includes(typeId),
        `the column ${name} is of the PostgreSQL type ${String(typeId)}`,
      );
      if (isNullable) continue;
      const hasNull = (rows as Record<string, unknown>[]).some((row) => row[name] === null);
      assert(!hasNull, `the column ${name} is null`);
    }
    return rows as Row[];
  }

  /** The same columns, which are all null if the row is missing, as an outer join returns them. */
  orMissing(): RowType<{ readonly [K in keyof Row]: Row[K] | null }> {
    const columns = Object.entries(this.columns).map(([name, of]) => [name, column.nullable(of)]);
    return new RowType(Object.fromEntries(columns) as Columns);
  }

  /** Whether a row of `orMissing` exists. */
  isWhole(row: { readonly [K in keyof Row]: Row[K] | null }): row is Row & typeof row {
    const values = row as Readonly<Record<string, unknown>>;
    return Object.entries(this.columns).every(
      ([name, of]) => of.isNullable || values[name] !== null,
    );
  }

  /** The same rows with further columns. */
  with<const C extends Columns>(columns: C): RowType<Row & RowWith<C>> {
    return new RowType({ ...this.columns, ...columns });
  }
}

/** @example `rowOf({ phoneNumber: column.text<PhoneNumber>(), balance: column.bigint() })` */
export function rowOf<const C extends Columns>(columns: C): RowType<RowWith<C>> {
  return new RowType(columns);
}
