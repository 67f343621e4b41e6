import { type Sql, sql } from "./sql.js";

// Every statement names its collation: without one, lower() and sorting depend on the locale that the
// database was created with. `und-x-icu` is Unicode's own, in every PostgreSQL that has ICU.

/**
 * Folds case: strings that differ only in case become equal, by the rule of `foldCase` in `shared/fold-case.ts`.
 * Stored strings and the values compared with them are folded only by this expression.
 *
 * A string with as many bytes as characters is ASCII, for which "C" is correct and costs half as much. The
 * result has a column's collation, so that comparing it with a column can use the column's index.
 *
 * @param text a column's name: the expression repeats it.
 */
export function foldedCase(text: Sql): Sql {
  return sql`case when octet_length(${text}) = length(${text}) then lower(${text} collate "C") collate "default"
    else replace(lower(${text} collate "und-x-icu") collate "C", 'ς', 'σ') collate "default" end`;
}

/** A folded ASCII code in upper case. */
export function upperCaseCode(folded: Sql): Sql {
  return sql`upper((${folded}) collate "C") collate "default"`;
}

/** A code of ASCII letters, sorted by its characters, like the status column of payment charges. */
export function binaryCollated(code: Sql): Sql {
  return sql`${code} collate "C"`;
}

/** A string, sorted in the order that people expect. */
export function unicodeCollated(text: Sql): Sql {
  return sql`${text} collate "und-x-icu"`;
}
