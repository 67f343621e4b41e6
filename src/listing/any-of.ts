import { type Sql, sql } from "../database/sql.js";

/** @param values of the SQL type. */
export function anyOf(
  column: Sql,
  values: readonly unknown[],
  type: Sql,
  fold?: (of: Sql) => Sql,
): Sql {
  if (values.length === 0) return noMatch(column);
  if (values.length === 1) {
    // Compare one value by equality: the planner then knows that a unique key matches at most one row.
    const value = sql`${values[0]}::${type}`;
    return sql`${column} = ${fold === undefined ? value : fold(value)}`;
  }
  const array = sql`${values}::${type}[]`;
  if (fold === undefined) return sql`${column} = any (${array})`;
  return sql`${column} = any (array(select ${fold(sql`v`)} from unnest(${array}) as v))`;
}

/** The condition for an empty list of values: false, or null for a null column. */
export function noMatch(column: Sql): Sql {
  return sql`(${column} is null and null)`;
}
