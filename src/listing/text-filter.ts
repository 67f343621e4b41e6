import { upperCaseCode, foldedCase } from "../database/fold-case.js";
import { type Sql, sql } from "../database/sql.js";
import { anyOf, noMatch } from "./any-of.js";
import type { Field, FieldUses } from "../records/field.js";
import { sqlTypeOf } from "../records/column-type.js";

const PATTERNS: Readonly<Record<string, (escaped: string) => string>> = {
  prefix: (text) => `${text}%`,
  suffix: (text) => `%${text}`,
  match: (text) => `%${text}%`,
};

/** Translates an operator on a string, without its negation. */
export function textCondition(
  { uses }: Field<unknown>,
  column: Sql,
  operator: string,
  values: readonly string[],
): Sql {
  // PostgreSQL refuses NUL in a parameter, and no stored string contains one.
  const possible = values.filter((value) => !value.includes("\0"));
  if (operator === "eql") return anyOf(column, possible, sqlTypeOf("text"));
  const fold = foldingOf(uses.isExact ? "none" : uses.letters);
  const pattern = PATTERNS[operator];
  if (pattern === undefined)
    return anyOf(fold.column(column), possible, sqlTypeOf("text"), fold.values);
  const patterns = possible.map((value) => pattern(value.replace(/[\\%_]/g, "\\$&")));
  if (patterns.length === 0) return noMatch(column);
  // Fold the patterns in an array, once per statement: a plain subquery would fold them for each row.
  return sql`${fold.column(column)} like any (array(select ${fold.values(sql`v`)} from unnest(${patterns}::text[]) as v))`;
}

/** Folds a value for case-insensitive comparison. A column in one case is not folded, so that its index is used. */
function foldingOf(letters: FieldUses["letters"]): Record<"column" | "values", (of: Sql) => Sql> {
  const asIs = (of: Sql): Sql => of;
  switch (letters) {
    case undefined:
      return { column: foldedCase, values: foldedCase };
    case "none":
      return { column: asIs, values: asIs };
    case "lower":
      return { column: asIs, values: foldedCase };
    case "upper":
      return { column: asIs, values: (of) => upperCaseCode(foldedCase(of)) };
  }
}
