import { assert } from "../shared/assert.js";
import { Prisma } from "./generated/client.js";

/**
 * SQL is built from templates, whose values become parameters. `identifier`, `integer`, `propertyName`, `jsonPiece` and
 * `alias` are the only functions that put a value into the text of a statement, and they accept only safe values.
 */
export type Sql = Prisma.Sql;
export const sql: (template: TemplateStringsArray, ...values: unknown[]) => Sql = Prisma.sql;

/** Joins at least one part with a separator. */
export function join(
  parts: readonly unknown[],
  separator: "" | ", " | " and " | " or " | " union all ",
): Sql {
  return Prisma.join([...parts], separator);
}

const NAME = /^[a-z][a-z0-9_]*$/;

/** @throws InvariantError unless the name consists of lower-case letters, digits and `_`. */
export function identifier(name: string): Sql {
  assert(NAME.test(name), `${JSON.stringify(name)} is not the name of a table or column`);
  return Prisma.raw(name);
}

/** A number in the text of the statement, for cases where the planner must know it. */
export function integer(value: number): Sql {
  assert(Number.isSafeInteger(value), `${String(value)} is not an integer`);
  return Prisma.raw(String(value));
}

/**
 * `unnest` of at least one array, for a `from` clause. Each array is a sub-query, so that PostgreSQL does not know its
 * length when it plans the statement. For an array that it knows to be short, it would estimate fewer rows than for an
 * unknown one, and therefore plan a named statement each time. That can take longer than to execute it.
 */
export function unnest(...arrays: readonly Sql[]): Sql {
  return sql`unnest(${join(
    arrays.map((array) => sql`(select ${array})`),
    ", ",
  )})`;
}

const PROPERTY = /^[a-z][A-Za-z0-9]*$/;

/** The name of a property as an SQL string, for names that are the same in every request. */
export function propertyName(property: string): Sql {
  assert(PROPERTY.test(property), `${JSON.stringify(property)} is not the name of a property`);
  return Prisma.raw(`'${property}'`);
}

const JSON_PIECE = /^[\w"{}:,]*$/;

/** A piece of JSON without values, such as `{"id":"`, as an SQL string. */
export function jsonPiece(text: string): Sql {
  assert(JSON_PIECE.test(text), `${JSON.stringify(text)} is not a piece of JSON without values`);
  return Prisma.raw(`'${text}'`);
}

/** The name of a result column: the property that TypeScript reads. */
export function alias(property: string): Sql {
  assert(PROPERTY.test(property), `${JSON.stringify(property)} is not the name of a property`);
  return Prisma.raw(`"${property}"`);
}
