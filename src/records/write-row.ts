import { type Sql, join, sql } from "../database/sql.js";
import { columnName } from "./record.js";

/** The values to write, by field. A value may be an SQL expression. */
export type Values = Readonly<Record<string, unknown>>;

/** `(columns) values (…)` of an insert. */
export function columnsAndValues(values: Values): Sql {
  const columns = join(Object.keys(values).map(columnName), ", ");
  return sql`(${columns}) values (${join(Object.values(values), ", ")})`;
}

/** `column = value, …` of an update. */
export function assignments(values: Values): Sql {
  const entries = Object.entries(values);
  return join(
    entries.map(([field, value]) => sql`${columnName(field)} = ${value}`),
    ", ",
  );
}
