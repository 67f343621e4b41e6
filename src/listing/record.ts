import { type Queryable, queryRows } from "../database/database.js";
import { type Sql, alias, identifier, join, sql } from "../database/sql.js";
import type { Field } from "./field.js";

type Fields = Readonly<Record<string, Field<unknown>>>;

/**
 * A kind of record, described once: its name in the schema, its table, its fields. The GraphQL type
 * and the SQL that reads it come from here. A field's column is its name in snake case.
 */
export interface RecordDefinition<F extends Fields = Fields> {
  readonly name: string;
  readonly table: Sql;
  readonly description: string;
  readonly fields: F;
  /** `select` with every field under its own name, `from` the table. */
  readonly select: Sql;
}

/** One row of a record as TypeScript sees it. */
export type RowOf<R extends RecordDefinition> = {
  readonly [K in keyof R["fields"]]: R["fields"][K] extends Field<infer T> ? T : never;
};

export function defineRecord<const F extends Fields>(definition: {
  name: string;
  table: string;
  description: string;
  fields: F;
}): RecordDefinition<F> {
  const table = identifier(definition.table);
  const columns = Object.entries(definition.fields).map(
    ([name, field]) => sql`${table}.${columnOf(name, field)} as ${alias(name)}`,
  );
  return { ...definition, table, select: sql`select ${join(columns, ", ")} from ${table}` };
}

/** The rows that meet the condition, in no particular order. `name` as in `queryRows`. */
export function findRows<R extends RecordDefinition>(
  on: Queryable,
  record: R,
  condition: Sql,
  name?: string,
): Promise<RowOf<R>[]> {
  return queryRows<RowOf<R>>(on, sql`${record.select} where ${condition}`, name);
}

function columnOf(name: string, { kind }: Field<unknown>): Sql {
  const column = identifier(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  // node-postgres knows no type of ours, but it knows text[].
  return typeof kind === "object" ? sql`${column}::text[]` : column;
}
