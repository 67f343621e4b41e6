import { type Sql, identifier, join, sql } from "../database/sql.js";
import { type Enumeration, valuesOf } from "../shared/enumeration.js";
import { foldCase } from "../shared/fold-case.js";
import { isPatternOperator } from "../shared/pattern-operator.js";
import { invertVersion, isDerivedId, parseUuid } from "../shared/uuid.js";
import { badInput, readArgument } from "./bad-input.js";
import { anyOf } from "./any-of.js";
import type { Field } from "../records/field.js";
import { FilterBudget } from "./filter-budget.js";
import { hasMetadata, metadataValue, metadataValueIn } from "./metadata-value.js";
import { phoneNumberSearch, readWrittenNumber } from "./phone-number-filter.js";
import { textCondition } from "./text-filter.js";
import {
  type RecordDefinition,
  columnName,
  columnOf,
  fieldOf,
  sqlTypeOf,
} from "../records/record.js";

/** A filter as GraphQL parses it: fields with operators, and `and`, `or`, `not`. */
export type Filter = Readonly<Record<string, unknown>>;

/**
 * Translates one operator of a field that is not a column.
 *
 * @param path the operator's path in the filter, for error messages.
 */
export type SpecialFilter = (operator: string, operand: unknown, path: string) => Sql;
export type SpecialFilters = Readonly<Record<string, SpecialFilter>>;

const MAX_DEPTH = 5;
const MAX_VALUES = 250;

const TRUE = sql`true`;
const FALSE = sql`false`;

/**
 * The only translation of a filter into SQL. ListReader, counts, sums and groups all use it, so that they
 * cannot disagree. It keeps SQL's three-valued logic: except for `isNull`, an operator on a null field is
 * neither true nor false, and `not` does not change that.
 *
 * @param budget the limits that all filters of the request share.
 * @throws AppError BAD_USER_INPUT with the argument's path.
 */
export function filterCondition(
  record: RecordDefinition,
  filter: Filter,
  special: SpecialFilters = {},
  budget = new FilterBudget(),
): Sql {
  const translate = (one: Filter, path: string, depth: number, isNegated: boolean): Sql => {
    const conditions = Object.entries(one)
      .filter(([, operand]) => operand !== undefined)
      .map(([name, operand]) => {
        const at = `${path}.${name}`;
        const isLogic = name === "and" || name === "or" || name === "not";
        const isMetadata = !isLogic && fieldOf(record, name).kind === "metadata";
        if (operand === null) {
          const hint = isLogic || isMetadata ? "Leave it out." : "Leave it out, or use isNull.";
          throw badInput(at, `cannot be null. ${hint}`);
        }
        budget.take(at, "conditions", Object.keys(operand as object).length);
        if (isMetadata) {
          const column = columnOf(record, name);
          return metadataCondition(column, operand as Filter[], at, budget, isNegated);
        }
        if (!isLogic)
          return fieldCondition(record, name, operand as Filter, at, special[name], budget);
        if (depth === MAX_DEPTH) {
          throw badInput(at, `is nested deeper than ${String(MAX_DEPTH)} levels.`);
        }
        if (name === "not")
          return sql`not ${translate(operand as Filter, at, depth + 1, !isNegated)}`;
        const parts = (operand as Filter[]).map((part, index) =>
          translate(part, `${at}[${String(index)}]`, depth + 1, isNegated),
        );
        return combine(parts, name);
      });
    return combine(conditions, "and");
  };
  return translate(filter, "filter", 0, false);
}

/** Whether a filter lists values of a unique field, so that few records match. */
export function namesRecords(record: RecordDefinition, filter: Filter): boolean {
  return Object.entries(filter).some(([name, operators]) => {
    if (name === "and") return (operators as Filter[]).some((part) => namesRecords(record, part));
    const { unique } = record.fields[name]?.uses ?? {};
    return unique === true && Array.isArray((operators as Filter | null)?.["eq"]);
  });
}

function combine(conditions: readonly Sql[], operator: "and" | "or"): Sql {
  if (conditions.length === 0) return operator === "and" ? TRUE : FALSE;
  return sql`(${join([...conditions], operator === "and" ? " and " : " or ")})`;
}

function fieldCondition(
  record: RecordDefinition,
  name: string,
  operators: Filter,
  path: string,
  special: SpecialFilter | undefined,
  budget: FilterBudget,
): Sql {
  const field = fieldOf(record, name);
  const column = columnOf(record, name);
  const conditions = operatorConditions(operators, path, budget, (operator, operand, at) =>
    special
      ? readArgument(at, () => special(operator, operand, at))
      : operatorCondition(field, column, operator, operand),
  );
  if (conditions.length === 0) return TRUE;
  const condition = combine(conditions, "and");
  const { through } = field;
  if (!through) return condition;
  // Use a subquery for the keys, not a join: the record's own indexes begin with the key.
  const table = identifier(through.table);
  return sql`${record.table}.${columnName(through.key)} in (select ${table}.id from ${table} where ${condition})`;
}

/** Checks the operators of a field, and translates each of them. */
function operatorConditions(
  operators: Filter,
  path: string,
  budget: FilterBudget,
  translate: (operator: string, operand: unknown, at: string) => Sql,
): Sql[] {
  return Object.entries(operators)
    .filter(([, operand]) => operand !== undefined)
    .map(([operator, operand]) => {
      const at = `${path}.${operator}`;
      if (operand === null) throw badInput(at, "cannot be null. Leave it out, or use isNull.");
      if (Array.isArray(operand) && operand.length > MAX_VALUES) {
        throw badInput(
          at,
          `has ${String(operand.length)} values; at most ${String(MAX_VALUES)} are allowed.`,
        );
      }
      takeValues(budget, at, operator, operand);
      return translate(operator, operand, at);
    });
}

/**
 * Conditions on metadata, each with a key and its operators.
 *
 * @param isNegated whether the filter negates the condition. If not, false and null have the same effect, so the
 *   condition can have the form that an index serves.
 */
function metadataCondition(
  column: Sql,
  entries: readonly Filter[],
  path: string,
  budget: FilterBudget,
  isNegated: boolean,
): Sql {
  const conditions = entries.flatMap(({ key, ...operators }, index) => {
    const at = `${path}[${String(index)}]`;
    budget.take(at, "conditions", Object.keys(operators).length);
    const value = metadataValueIn(column, key as string);
    return operatorConditions(operators, at, budget, (operator, operand) => {
      const indexed =
        operator === "eq" && !isNegated
          ? hasMetadata(column, key as string, operand as readonly string[])
          : null;
      return indexed ?? operatorCondition(metadataValue, value, operator, operand);
    });
  });
  return combine(conditions, "and");
}

function takeValues(budget: FilterBudget, at: string, operator: string, operand: unknown): void {
  if (!Array.isArray(operand)) return;
  if (!isPatternOperator(operator)) {
    budget.take(at, "values", operand.length);
    return;
  }
  budget.take(at, "patterns", operand.length);
  const letters = (operand as readonly string[]).reduce((sum, { length }) => sum + length, 0);
  budget.take(at, "patternCharacters", letters);
}

const COMPARISONS: Readonly<Record<string, Sql>> = {
  gt: sql`>`,
  gte: sql`>=`,
  lt: sql`<`,
  lte: sql`<=`,
};

function operatorCondition(
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
  return uses.isDerived ? ids.map((id) => (isDerivedId(id) ? invertVersion(id) : id)) : ids;
}
