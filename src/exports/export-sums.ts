import type { ListedRow } from "../listing/whole-list.js";

/** Sums by currency, then by field, as digits: they can exceed the integers that JSON clients represent exactly. */
export type Sums = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Adds up the amounts of an export, exactly. */
export class ExportSums {
  private readonly byCurrency = new Map<string, ExactSum[]>();

  constructor(
    private readonly currency: string | null,
    private readonly summed: readonly string[],
  ) {}

  add(row: ListedRow): void {
    if (this.currency === null || this.summed.length === 0) return;
    const currency = String(row[this.currency]);
    let sums = this.byCurrency.get(currency);
    if (sums === undefined) {
      sums = this.summed.map(() => new ExactSum());
      this.byCurrency.set(currency, sums);
    }
    for (let index = 0; index < sums.length; index++) {
      const amount = row[this.summed[index] ?? ""];
      if (typeof amount === "number") sums[index]?.add(amount);
    }
  }

  /** In the order of the currencies' codes. */
  total(): Sums {
    const currencies = [...this.byCurrency].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      currencies.map(([currency, sums]) => [
        currency,
        Object.fromEntries(this.summed.map((name, index) => [name, String(sums[index])])),
      ]),
    );
  }
}

/** A sum of safe integers. Most of the work is with numbers, which are many times as fast as bigints. */
class ExactSum {
  private low = 0;
  private high = 0n;

  add(amount: number): void {
    const sum = this.low + amount;
    if (Number.isSafeInteger(sum)) {
      this.low = sum;
      return;
    }
    this.high += BigInt(this.low);
    this.low = amount;
  }

  toString(): string {
    return String(this.high + BigInt(this.low));
  }
}
