import { type Sql, identifier, sql } from "../database/sql.js";
import { isPatternOperator } from "../shared/pattern-operator.js";
import { badInput, readArgument } from "./bad-input.js";
import { FilterBudget } from "./filter-budget.js";
import { hasMetadata, metadataValue, metadataValueIn } from "./metadata-value.js";
import { combine, operatorCondition } from "./operator-condition.js";
import { type RecordDefinition, columnName, columnOf, fieldOf } from "../records/record.js";

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

/**
 * The only translation of a filter into SQL. ListReader, counts, sums and groups all use it, so that they
 * cannot disagree. It keeps SQL's three-valued logic: except for `isNull`, an operator on a null field is
 * neither true nor false, and `not` does not change that.
 *
 * @param budget the limits that all filters of the request share.
 * @param argument the path of the filter, for error messages.
 * @throws AppError BAD_USER_INPUT with the argument's path.
 */
export function filterCondition(
  record: RecordDefinition,
  filter: Filter,
  special: SpecialFilters = {},
  budget = new FilterBudget(),
  argument = "filter",
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
  return translate(filter, argument, 0, false);
}

/** Whether a filter lists values of a unique field, so that few records match. */
export function namesRecords(record: RecordDefinition, filter: Filter): boolean {
  return Object.entries(filter).some(([name, operators]) => {
    if (name === "and") return (operators as Filter[]).some((part) => namesRecords(record, part));
    const { unique } = record.fields[name]?.uses ?? {};
    return unique === true && Array.isArray((operators as Filter | null)?.["eq"]);
  });
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
  if (conditions.length === 0) return combine([], "and");
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
