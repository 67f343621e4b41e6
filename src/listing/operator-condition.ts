import { type Sql, join, sql } from "../database/sql.js";
import { type Enumeration, valuesOf } from "../shared/enumeration.js";
import { foldCase } from "../shared/fold-case.js";
import { deriveId, isDerivedId, parseUuid } from "../shared/uuid.js";
import { anyOf } from "./any-of.js";
import type { Field } from "../records/field.js";
import { phoneNumberSearch, readWrittenNumber } from "./phone-number-filter.js";
import { textCondition } from "./text-filter.js";
import { sqlTypeOf } from "../records/column-type.js";

const TRUE = sql`true`;
const FALSE = sql`false`;

/** Joins conditions. None at all are true for `and`, false for `or`. */
export function combine(conditions: readonly Sql[], operator: "and" | "or"): Sql {
  if (conditions.length === 0) return operator === "and" ? TRUE : FALSE;
  return sql`(${join([...conditions], operator === "and" ? " and " : " or ")})`;
}

const COMPARISONS: Readonly<Record<string, Sql>> = {
  gt: sql`>`,
  gte: sql`>=`,
  lt: sql`<`,
  lte: sql`<=`,
};

/** Translates one operator of a field into SQL. @param column the field's value. */
export function operatorCondition(
  field: Field<unknown>,
  column: Sql,
  operator: string,
  operand: unknown,
): Sql {
  if (operator === "isNull")
    return operand === true ? sql`${column} is null` : sql`${column} is not null`;
  if (operator in COMPARISONS) return sql`${column} ${COMPARISONS[operator]} ${operand}`;
  if (field.kind === "boolean") return sql`${column} = ${operand}`;

  const { isNegated, plain } = withoutNegation(operator);
  const condition = plainCondition(field, column, plain, operand as readonly string[]);
  return isNegated ? sql`not ${condition}` : condition;
}

/** `notPrefix` is the negation of `prefix`. */
export function withoutNegation(operator: string): { isNegated: boolean; plain: string } {
  const isNegated = operator.startsWith("not");
  const plain = isNegated ? operator.charAt(3).toLowerCase() + operator.slice(4) : operator;
  return { isNegated, plain };
}

function plainCondition(
  field: Field<unknown>,
  column: Sql,
  operator: string,
  values: readonly string[],
): Sql {
  const { kind } = field;
  if (kind === "text" || kind === "currency") return textCondition(field, column, operator, values);
  if (kind === "phoneNumber") return phoneNumberCondition(field, column, operator, values);
  if (typeof kind === "object" && "enumeration" in kind) {
    return anyOf(column, namesThat(kind.enumeration, operator, values), sqlTypeOf(kind));
  }
  return anyOf(column, plainValues(field, values), sqlTypeOf(kind));
}

/** The names that an operator on an enum matches. Computed here because enums are small: SQL then compares names only. */
function namesThat(of: Enumeration, operator: string, values: readonly string[]): string[] {
  if (!(operator in NAME_TESTS)) return [...values];
  const test = NAME_TESTS[operator as keyof typeof NAME_TESTS];
  return valuesOf(of).filter((name) =>
    values.some((value) => test(foldCase(name), foldCase(value))),
  );
}

const NAME_TESTS = {
  prefix: (name: string, value: string) => name.startsWith(value),
  suffix: (name: string, value: string) => name.endsWith(value),
  match: (name: string, value: string) => name.includes(value),
};

function phoneNumberCondition(
  field: Field<unknown>,
  column: Sql,
  operator: string,
  values: readonly string[],
): Sql {
  const asWritten = field.uses.asWritten === true;
  const compared = asWritten ? readWrittenNumber(column) : column;
  const conditions = phoneNumberSearch(operator, values, asWritten).map(([textOperator, texts]) =>
    textOperator === "regex"
      ? sql`${compared} ~ any (${texts}::text[])`
      : textCondition(field, compared, textOperator, texts),
  );
  return combine(conditions, "or");
}

/** The stored forms of the values. Drops strings that are not UUIDs: no record has such an id. */
function plainValues({ kind, uses }: Field<unknown>, values: readonly unknown[]): unknown[] {
  if (kind !== "id" && kind !== "uuid") return [...values];
  const ids = values.map((value) => parseUuid(value as string)).filter((value) => value !== null);
  const { derivation } = uses;
  // A record's own id finds its entry too.
  return derivation === "version"
    ? ids.map((id) => (isDerivedId(id) ? deriveId(id, derivation) : id))
    : ids.map((id) => deriveId(id, derivation));
}
