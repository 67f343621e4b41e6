import { type Sql, identifier, join, sql, unnest } from "./sql.js";

/**
 * `column = value`, written as a range, so that a statement that orders by `column` uses the index that sorts by it.
 *
 * PostgreSQL chooses indexes by its statistics, and a named statement keeps the plan that was made while its tables
 * were empty. With an equality, PostgreSQL ignores the column in the order, so every index with the same first columns
 * looks equally good. With a range, every other index needs a sort.
 */
export function exactly(column: Sql, value: Sql): Sql {
  return sql`${column} between ${value} and ${value}`;
}

/** A column of a unique key, and the SQL expression of its value. */
export interface KeyPart {
  readonly column: string;
  readonly value: Sql;
}

/**
 * The end of a statement after `where`, for the row with this key. It makes PostgreSQL scan the unique index on these
 * columns regardless of statistics. No other index that starts with the same columns may be much smaller. An index on
 * a column that is often null must therefore exclude the nulls.
 *
 * @param key every column of the unique index, in the order of the index.
 */
export function byKey(...key: readonly [KeyPart, ...KeyPart[]]): Sql {
  const last = key.length - 1;
  const conditions = key.map(({ column, value }, index) =>
    index === last ? exactly(identifier(column), value) : sql`${identifier(column)} = ${value}`,
  );
  const order = key.slice(last).map(({ column }) => identifier(column));
  return sql`${join(conditions, " and ")} order by ${join(order, ", ")} limit 1`;
}

/** A column of a key, with one value per row to find. */
export interface KeyColumn {
  readonly column: string;
  readonly type: "uuid" | "text";
  readonly values: readonly unknown[];
}

/**
 * A source for a `from` clause, named like the table, with the rows of these keys. Each row is found by its key.
 *
 * @param fixed the first columns of the unique index that have the same value for all keys.
 * @param listed its other columns.
 */
export function rowsByKeys(
  table: Sql,
  fixed: readonly KeyPart[],
  listed: readonly [KeyColumn, ...KeyColumn[]],
): Sql {
  const [first, ...others] = [...fixed, ...listed.map(wanted)];
  const key: [KeyPart, ...KeyPart[]] = [first ?? wanted(listed[0]), ...others];
  return sql`${unnested(listed)}
    cross join lateral (select * from ${table} where ${byKey(...key)}) as ${table}`;
}

/** The keys, as rows of `wanted`. */
function unnested(listed: readonly KeyColumn[]): Sql {
  const arrays = listed.map(({ type, values }) => sql`${values}::${identifier(type)}[]`);
  const names = listed.map(({ column }) => identifier(column));
  return sql`${unnest(...arrays)} as wanted(${join(names, ", ")})`;
}

function wanted({ column }: KeyColumn): KeyPart {
  return { column, value: sql`wanted.${identifier(column)}` };
}

/** A condition for the same rows, which a distributed database can plan. */
export function matchesKeys(fixed: readonly KeyPart[], listed: readonly KeyColumn[]): Sql {
  const equalities = fixed.map(({ column, value }) => sql`${identifier(column)} = ${value}`);
  const names = join(
    listed.map(({ column }) => identifier(column)),
    ", ",
  );
  const arrays = join(
    listed.map(({ type, values }) => sql`${values}::${identifier(type)}[]`),
    ", ",
  );
  const [only] = listed;
  const isListed =
    listed.length === 1 && only
      ? sql`${names} = any(${arrays})`
      : sql`(${names}) in (select * from unnest(${arrays}))`;
  return join([...equalities, isListed], " and ");
}
