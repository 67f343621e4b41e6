import { useMemo } from "react";
import { messageOf } from "../api/problems.js";
import { useOperation } from "../api/use-operation.js";
import { ErrorState, LoadingState } from "../components/states.js";
import { timeZone } from "../shared/time.js";
import { COLORS } from "./colors.js";
import { OVER_TIME } from "./payment-queries.js";
import { type Range, sumsByBucket, totalOf } from "./range.js";
import { type AmountSeries, type CurrencyLike, TimeFigure } from "./time-figure.js";
import { Totals } from "./totals.js";

interface PaymentsOverTimeProps {
  readonly currency: CurrencyLike;
  readonly range: Range;
  readonly isTable: boolean;
}

interface SucceededGroup {
  readonly key: { readonly succeededAt: string | null };
  readonly aggregate: {
    readonly count: number;
    readonly sum: { readonly totalInCents: string | null };
  };
}

/** What customers paid in the range, and what was returned to them. */
export function PaymentsOverTime({ currency, range, isTable }: PaymentsOverTimeProps) {
  const { data, error, reload } = useOperation(OVER_TIME, {
    currency: currency.currency,
    times: range.times,
    bucket: { unit: range.unit, timeZone },
  });
  const series = useMemo<AmountSeries[]>(() => {
    const sums = (groups: readonly SucceededGroup[] = []): bigint[] =>
      sumsByBucket(
        range,
        groups.map(({ key, aggregate }) => ({
          at: key.succeededAt,
          sum: aggregate.sum.totalInCents,
        })),
      );
    return [
      { name: "Paid", color: COLORS.blue, values: sums(data?.paid.groupBy) },
      { name: "Refunded", color: COLORS.orange, values: sums(data?.refunded.groupBy) },
    ];
  }, [data, range]);
  if (error) return <ErrorState message={messageOf(error)} onRetry={reload} />;
  if (!data) return <LoadingState label="Loading the payments" />;
  const notes = [countOf(data.paid.groupBy, "payment"), countOf(data.refunded.groupBy, "refund")];
  return (
    <>
      <Totals
        currency={currency}
        totals={series.map(({ name, values }, index) => ({
          ...{ name, amount: totalOf(values), note: notes[index] ?? "" },
        }))}
      />
      <TimeFigure
        {...{ range, currency, series, isTable }}
        title="Paid and refunded"
        note="By the time at which payments and refunds succeeded, with deposits."
      />
    </>
  );
}

function countOf(groups: readonly SucceededGroup[], noun: string): string {
  const count = groups.reduce((total, { aggregate }) => total + aggregate.count, 0);
  return count === 1 ? `1 ${noun}` : `${count.toLocaleString()} ${noun}s`;
}
