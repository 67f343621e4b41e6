import { badInput } from "./bad-input.js";

/**
 * Limits on all filters of one request together. PostgreSQL compares each row with every value and pattern
 * of a filter, and a limit per list would not bound a request with many aliases.
 */
export const FILTER_LIMITS = {
  /** PostgreSQL accepts 65,535 parameters, but planning far fewer already takes long. */
  conditions: 1_000,
  values: 5_000,
  patterns: 250,
  patternCharacters: 10_000,
} as const;

export type FilterLimit = keyof typeof FILTER_LIMITS;

const NAMES: Readonly<Record<FilterLimit, string>> = {
  conditions: "conditions",
  values: "values",
  patterns: "patterns",
  patternCharacters: "characters in patterns",
};

/** Counts the filters of one request across all its lists, fields and aliases. */
export class FilterBudget {
  private readonly taken: Record<FilterLimit, number> = {
    conditions: 0,
    values: 0,
    patterns: 0,
    patternCharacters: 0,
  };

  /**
   * @param path the operator's path in the filter.
   * @throws AppError BAD_USER_INPUT if the request's filters together exceed a limit.
   */
  take(path: string, limit: FilterLimit, count: number): void {
    this.taken[limit] += count;
    const allowed = FILTER_LIMITS[limit];
    if (this.taken[limit] <= allowed) return;
    throw badInput(
      path,
      `exceeds a limit: all filters of one request may have at most ${allowed.toLocaleString("en")} ${NAMES[limit]}, ` +
        `and these have at least ${this.taken[limit].toLocaleString("en")}. ` +
        "Use fewer, or split the request.",
    );
  }
}

const budgets = new WeakMap<object, FilterBudget>();

/** @param request an object whose lifetime is exactly one request. */
export function filterBudgetOf(request: object): FilterBudget {
  let budget = budgets.get(request);
  if (budget === undefined) budgets.set(request, (budget = new FilterBudget()));
  return budget;
}
