import type { DocumentLimits } from "../../shared/request-limits.js";
import type { Exceeded } from "../exceeded.js";

/**
 * The limit that a JSON value exceeds, if any: the nesting of its lists and objects, or the number of its values. Call
 * it before any other code reads the value, because reading a value can cost far more than sending it. Visits at most
 * the allowed number of values.
 */
export function exceededByJson(
  value: unknown,
  { nesting, values }: Pick<DocumentLimits, "nesting" | "values">,
): Exceeded | undefined {
  let left = values;

  function limitIn(part: unknown, depth: number): "nesting" | "values" | undefined {
    if (typeof part !== "object" || part === null) return undefined;
    if (depth === nesting) return "nesting";
    if (Array.isArray(part)) {
      left -= part.length;
      if (left < 0) return "values";
      for (const item of part) {
        const limit = limitIn(item, depth + 1);
        if (limit) return limit;
      }
      return undefined;
    }
    for (const key in part) {
      if (--left < 0) return "values";
      const limit = limitIn((part as Record<string, unknown>)[key], depth + 1);
      if (limit) return limit;
    }
    return undefined;
  }

  const limit = limitIn(value, 0);
  if (limit === undefined) return undefined;
  const allowed = limit === "values" ? values : nesting;
  return { limit, has: allowed + 1, allowed };
}
