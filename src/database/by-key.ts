import { type Sql, identifier, join, sql } from "./sql.js";

/**
 * `column = value`, written so that only an index which keeps its entries in the order of `column` can serve a
 * statement that also orders by it.
 *
 * PostgreSQL chooses between indexes by its statistics, and a named statement keeps the choice that was made
 * while its tables were empty. An equality takes a column out of the order, so that every index with the same
 * first columns looks as good as the right one. A range keeps it in, and any other index then needs a sort.
 */
export function exactly(column: Sql, value: Sql): Sql {
  return sql`${column} between ${value} and ${value}`;
}

/** A column of a unique key, and the SQL of the value to find in it. */
export interface KeyPart {
  readonly column: string;
  readonly value: Sql;
}

/**
 * The end of a statement, from behind its `where`, for the one row with this key: an index scan of the unique
 * index on these columns, whatever the statistics say. No index that begins with the same columns may be much smaller:
 * one on a column that is often null leaves the nulls out.
 *
 * @param key every column of the unique index, in its order.
 */
export function byKey(...key: readonly [KeyPart, ...KeyPart[]]): Sql {
  const last = key.length - 1;
  const conditions = key.map(({ column, value }, index) =>
    index === last ? exactly(identifier(column), value) : sql`${identifier(column)} = ${value}`,
  );
  const order = key.slice(last).map(({ column }) => identifier(column));
  return sql`${join(conditions, " and ")} order by ${join(order, ", ")} limit 1`;
}

/** The values of one column of a key, one for each row to find. */
export interface KeyColumn {
  readonly column: string;
  readonly type: "uuid" | "text";
  readonly values: readonly unknown[];
}

/**
 * A source of rows for a `from` clause, under the table's name: the rows with these keys, each found by its key.
 *
 * @param fixed the first columns of the unique index, where they have one value for all keys.
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

/** The keys as rows of `wanted`. */
function unnested(listed: readonly KeyColumn[]): Sql {
  const arrays = listed.map(({ type, values }) => sql`${values}::${identifier(type)}[]`);
  const names = listed.map(({ column }) => identifier(column));
  return sql`unnest(${join(arrays, ", ")}) as wanted(${join(names, ", ")})`;
}

function wanted({ column }: KeyColumn): KeyPart {
  return { column, value: sql`wanted.${identifier(column)}` };
}

/** The same rows in a form that a distributed database can plan: a condition on the table. */
export function areByKeys(fixed: readonly KeyPart[], listed: readonly KeyColumn[]): Sql {
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
