/** The records of one currency and one status that match the filters. */
export interface StatusTotal {
  readonly key: {
    readonly currency: string | null;
    readonly currencyMinorUnits: number | null;
    readonly status: string | null;
  };
  readonly aggregate: {
    readonly count: number;
    readonly sum: {
      readonly totalInCents: string | null;
      readonly totalRefundedInCents?: string | null;
    };
  };
}

/** The count and the sums of several totals of one currency. */
export interface Sum {
  readonly count: number;
  readonly total: bigint;
  readonly refunded: bigint;
}

export interface CurrencyTotal {
  readonly currency: string;
  readonly minorUnits: number | null;
  readonly all: readonly StatusTotal[];
}

/** The totals of each currency, in the order in which the server returned them. */
export function byCurrency(totals: readonly StatusTotal[]): CurrencyTotal[] {
  const currencies = new Set(totals.map(currencyOf));
  return [...currencies].map((currency) => {
    const all = totals.filter((total) => currencyOf(total) === currency);
    return { currency, minorUnits: all[0]?.key.currencyMinorUnits ?? null, all };
  });
}

function currencyOf({ key }: StatusTotal): string {
  return key.currency ?? "XXX";
}

export function sumOf(totals: readonly StatusTotal[]): Sum {
  return totals.reduce<Sum>(
    (sum, { aggregate }) => ({
      count: sum.count + aggregate.count,
      total: sum.total + BigInt(aggregate.sum.totalInCents ?? 0),
      refunded: sum.refunded + BigInt(aggregate.sum.totalRefundedInCents ?? 0),
    }),
    { count: 0, total: 0n, refunded: 0n },
  );
}

/** How many records the list has, from the totals, which count them anyway. */
export function countOf(totals: readonly StatusTotal[] | undefined): number | undefined {
  return totals && sumOf(totals).count;
}
