import { assert } from "../shared/assert.js";
import { Prisma } from "./generated/client.js";

/**
 * SQL is built from templates whose values become parameters. `identifier` is the one way to put a
 * text into a statement itself, and it takes names of tables and columns alone.
 */
export type Sql = Prisma.Sql;
export const sql: (template: TemplateStringsArray, ...values: unknown[]) => Sql = Prisma.sql;

/** Parts, of which there is at least one, with what stands between them. */
export function join(
  parts: readonly unknown[],
  separator: "" | ", " | " and " | " or " | " union all ",
): Sql {
  return Prisma.join([...parts], separator);
}

const NAME = /^[a-z][a-z0-9_]*$/;

/** @throws InvariantError when the name is not made of lower-case letters, digits and `_`. */
export function identifier(name: string): Sql {
  assert(NAME.test(name), `${JSON.stringify(name)} is not the name of a table or column`);
  return Prisma.raw(name);
}

/** A number that is part of the statement itself, where the planner must know it. */
export function integer(value: number): Sql {
  assert(Number.isSafeInteger(value), `${String(value)} is not an integer`);
  return Prisma.raw(String(value));
}

const PROPERTY = /^[a-z][A-Za-z0-9]*$/;

/** A property's name as a text of the statement, where the same text serves every request. */
export function propertyName(property: string): Sql {
  assert(PROPERTY.test(property), `${JSON.stringify(property)} is not the name of a property`);
  return Prisma.raw(`'${property}'`);
}

/** A column's name in the answer: the property that TypeScript reads. */
export function alias(property: string): Sql {
  assert(PROPERTY.test(property), `${JSON.stringify(property)} is not the name of a property`);
  return Prisma.raw(`"${property}"`);
}
