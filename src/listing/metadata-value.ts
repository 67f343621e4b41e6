import { type Sql, sql } from "../database/sql.js";
import { nullable, text } from "../records/field.js";

/** The value of one key of a record's metadata, as filters and groups see it: null for a record without the key. */
export const metadataValue = nullable(text("The value of a metadata key.", { isExact: true }));

/** The value of a key, as an expression of the column with the metadata. */
export function metadataValueIn(column: Sql, key: string): Sql {
  // PostgreSQL refuses NUL in a parameter, and no stored key contains one.
  return hasNul(key) ? sql`null::text` : sql`(${column} ->> ${key}::text)`;
}

/**
 * The condition that a key has one of the values, in the form that the index on metadata serves. For a record without
 * the key it is false instead of null, so it must not be negated.
 *
 * @returns null if no stored metadata can match.
 */
export function hasMetadata(column: Sql, key: string, values: readonly string[]): Sql | null {
  const possible = hasNul(key) ? [] : values.filter((value) => !hasNul(value));
  const objects = possible.map((value) => JSON.stringify({ [key]: value }));
  if (objects.length === 0) return null;
  const contains =
    objects.length === 1
      ? sql`${column} @> ${objects[0]}::jsonb`
      : sql`${column} @> any (${objects}::jsonb[])`;
  // The index excludes records without metadata.
  return sql`(${contains} and ${column} <> '{}'::jsonb)`;
}

function hasNul(text: string): boolean {
  return text.includes("\0");
}
