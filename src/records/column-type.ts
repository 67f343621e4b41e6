import { type Column, column } from "../database/row.js";
import { type Sql, sql } from "../database/sql.js";
import type { Field, FieldKind } from "./field.js";

/** The PostgreSQL type of a single value of a kind. */
export function sqlTypeOf(kind: FieldKind): Sql {
  return SQL_TYPES[typeof kind === "object" ? "text" : kind];
}

const SQL_TYPES = {
  id: sql`uuid`,
  uuid: sql`uuid`,
  text: sql`text`,
  phoneNumber: sql`text`,
  currency: sql`text`,
  amount: sql`bigint`,
  integer: sql`integer`,
  boolean: sql`boolean`,
  dateTime: sql`timestamptz`,
  bytes: sql`bytea`,
  json: sql`jsonb`,
  metadata: sql`jsonb`,
};

/** The result column of a field, which reads its values. */
export function resultColumnOf({ kind, isNullable }: Field<unknown>): Column<unknown> {
  const read: Column<unknown> =
    typeof kind === "object"
      ? "enumList" in kind
        ? column.textArray()
        : column.text()
      : RESULT_COLUMNS[kind];
  return isNullable ? column.nullable(read) : read;
}

const RESULT_COLUMNS = {
  id: column.uuid(),
  uuid: column.uuid(),
  text: column.text(),
  phoneNumber: column.text(),
  currency: column.text(),
  amount: column.bigint(),
  integer: column.integer(),
  boolean: column.boolean(),
  dateTime: column.timestamp(),
  bytes: column.bytes(),
  json: column.json(),
  metadata: column.json(),
};
