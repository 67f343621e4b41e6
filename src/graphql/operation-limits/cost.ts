import type { Size, Variables } from "./size.js";

/** Higher costs are not distinguished. Nothing overflows, because no size is above a thousand. */
const MAX_COST = Number.MAX_SAFE_INTEGER;

/**
 * A cost whose sizes may depend on variables. The fixed part is one number. The variable parts are stored
 * separately and shared by fragments, so that the cost is never larger than the document.
 */
export class Cost {
  private fixed = 0;
  private readonly parts: { readonly size: Size; readonly cost: Cost }[] = [];

  static of(points: number): Cost {
    const cost = new Cost();
    cost.fixed = points;
    return cost;
  }

  /** Adds another cost, multiplied by a size. */
  add(cost: Cost, size: Size = 1): void {
    if (cost.parts.length === 0 && typeof size === "number") {
      this.fixed = capped(this.fixed + size * cost.fixed);
    } else {
      this.parts.push({ size, cost });
    }
  }

  /** The points of one request. */
  with(variables: Variables): number {
    return this.parts.length === 0 ? this.fixed : this.sum(variables, new Map());
  }

  private sum(variables: Variables, known: Map<Cost, number>): number {
    const found = known.get(this);
    if (found !== undefined) return found;
    let sum = this.fixed;
    for (const { size, cost } of this.parts) {
      const times = typeof size === "number" ? size : size(variables);
      sum = capped(sum + times * cost.sum(variables, known));
    }
    known.set(this, sum);
    return sum;
  }
}

export function capped(points: number): number {
  return Math.min(points, MAX_COST);
}
