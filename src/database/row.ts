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

/** The columns by the types of PostgreSQL. A narrower TypeScript type is named where a constraint ensures it. */
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

type Columns = Readonly<Record<string, Column<unknown>>>;

/** The row that columns make. */
export type RowWith<C extends Columns> = {
  readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never;
};

/** The row of a row type. */
export type RowIn<T> = T extends RowType<infer Row> ? Row : never;

/** What a statement answers, as far as it is needed to check its rows. */
export interface Answer {
  readonly rows: readonly unknown[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** The rows of a statement: their TypeScript type, and the check that the database answers such rows. */
export class RowType<Row> {
  /** @param columns what is read of each row; the statement may answer further columns. */
  constructor(readonly columns: Columns) {}

  /** @throws InvariantError for a missing column, another PostgreSQL type, or a null that is not declared. */
  read({ rows, fields }: Answer): Row[] {
    for (const [name, { typeIds, isNullable }] of Object.entries(this.columns)) {
      const field = fields.find((one) => one.name === name);
      assert(field !== undefined, `a statement answers no column ${name}`);
      const typeId = field.dataTypeID;
      assert(
        typeIds.includes(typeId),
        `the column ${name} is of the PostgreSQL type ${String(typeId)}`,
      );
      if (isNullable) continue;
      for (const row of rows as Record<string, unknown>[]) {
        assert(row[name] !== null, `the column ${name} is null`);
      }
    }
    return rows as Row[];
  }

  /** The same columns, all of them null where the row is missing, as an outer join answers them. */
  orMissing(): RowType<{ readonly [K in keyof Row]: Row[K] | null }> {
    const columns = Object.entries(this.columns).map(([name, of]) => [name, column.nullable(of)]);
    return new RowType(Object.fromEntries(columns) as Columns);
  }

  /** Whether a row of `orMissing` is there. */
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
