import { type Sql, sql } from "./sql.js";

// Collations are named everywhere: what lower() and sorting do without one depends on the locale that
// the database was created with. `und-x-icu` is Unicode's own, in every PostgreSQL that has ICU.

/**
 * Texts that differ in case alone become one, as `foldCase` of `shared/fold-case.ts` has it. Stored texts
 * and what they are compared with are folded by this expression alone.
 *
 * A text of as many bytes as characters is ASCII, for which "C" is right and half as expensive. The result
 * has the collation of a column, so that comparing it with one can use the column's index.
 *
 * @param text a column's name, since it is repeated.
 */
export function foldedCase(text: Sql): Sql {
  return sql`case when octet_length(${text}) = length(${text}) then lower(${text} collate "C") collate "default"
    else replace(lower(${text} collate "und-x-icu") collate "C", 'ς', 'σ') collate "default" end`;
}

/** Capitals of a folded code, whose letters are ASCII. */
export function codeInCapitals(folded: Sql): Sql {
  return sql`upper((${folded}) collate "C") collate "default"`;
}

/** A code of ASCII letters in the order of its characters, as the column of a payment charge's status is. */
export function inCodeOrder(code: Sql): Sql {
  return sql`${code} collate "C"`;
}

/** A text as people expect it to be sorted. */
export function inReadingOrder(text: Sql): Sql {
  return sql`${text} collate "und-x-icu"`;
}
