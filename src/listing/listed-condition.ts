import type { Caller } from "../callers/caller.js";
import { type Sql, sql } from "../database/sql.js";
import { type Filter, filterCondition } from "./filter.js";
import type { FilterBudget } from "./filter-budget.js";
import type { ListDefinition } from "./list-query.js";
import { conditionOf } from "./visible.js";

/**
 * The condition for the rows of a list that a caller may see and that match a filter, for statements other than the
 * list's own.
 *
 * @param argument the path of the filter, for error messages.
 * @throws AppError BAD_USER_INPUT with the argument's path.
 */
export function listedCondition(
  { record, visibleTo, filters }: Pick<ListDefinition, "record" | "visibleTo" | "filters">,
  caller: Caller,
  filter: Filter,
  budget: FilterBudget,
  argument: string,
): Sql {
  const matches = filterCondition(record, filter, filters?.(caller), budget, argument);
  return sql`${conditionOf(visibleTo(caller))} and ${matches}`;
}
