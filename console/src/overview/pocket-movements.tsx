import { useMemo } from "react";
import type { ResultOf } from "../api/graphql.js";
import { messageOf } from "../api/problems.js";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { ErrorState, LoadingState } from "../components/states.js";
import { timeZone } from "../shared/time.js";
import { COLORS } from "./colors.js";
import { MOVEMENTS } from "./pocket-queries.js";
import { type PocketScope, slugsOf } from "./pocket-scope.js";
import { type Range, sumsByBucket, totalOf } from "./range.js";
import { type AmountSeries, TimeFigure } from "./time-figure.js";
import { Totals } from "./totals.js";

interface PocketMovementsProps {
  readonly scope: PocketScope;
  readonly range: Range;
  readonly isTable: boolean;
}

type Movements = ResultOf<typeof MOVEMENTS>;
type Entries = Movements["charged"]["groupBy"];

/** What was charged, spent and reversed in the range, and what that did to the balance. */
export function PocketMovements({ scope, range, isTable }: PocketMovementsProps) {
  const { isOperator } = useViewer();
  const { data, error, reload } = useOperation(MOVEMENTS, {
    ...slugsOf(scope),
    times: range.times,
    later: { gte: range.times.lt },
    bucket: { unit: range.unit, timeZone },
  });
  const series = useMemo(() => (data ? movementsOf(data, range) : []), [data, range]);
  const balance = isOperator ? scope.balance : null;
  const liability = useMemo(
    () => (data ? [liabilityOf(data, range, balance)] : []),
    [data, range, balance],
  );
  if (error) return <ErrorState message={messageOf(error)} onRetry={reload} />;
  if (!data) return <LoadingState label="Loading the movements" />;
  const counts = [data.charged, data.spent, data.chargesReversed, data.debitsReversed].map(
    ({ groupBy }) => countOf(groupBy),
  );
  return (
    <>
      <Totals
        currency={scope}
        totals={series.map(({ name, values }, index) => ({
          ...{ name, amount: totalOf(values), note: counts[index] ?? "" },
        }))}
      />
      <TimeFigure
        {...{ range, isTable, series }}
        title="Charged, spent and reversed"
        currency={scope}
        {...(isOperator ? {} : { note: "The entries that this merchant made." })}
      />
      <TimeFigure
        {...{ range, isTable }}
        title={isOperator ? "Liability" : "Change of the balance"}
        note={
          isOperator
            ? "The sum of the balances at the end of each period."
            : "Added up since the beginning of the range, from the entries that this merchant made."
        }
        currency={scope}
        series={liability}
        isLine
      />
    </>
  );
}

function movementsOf(data: Movements, range: Range): AmountSeries[] {
  const sums = (entries: Entries, sign: bigint): bigint[] =>
    sumsByBucket(range, timeGroups(entries)).map((sum) => sum * sign);
  return [
    { name: "Charged", color: COLORS.blue, values: sums(data.charged.groupBy, 1n) },
    { name: "Spent", color: COLORS.orange, values: sums(data.spent.groupBy, -1n) },
    {
      name: "Charges reversed",
      color: COLORS.grape,
      values: sums(data.chargesReversed.groupBy, -1n),
    },
    { name: "Debits reversed", color: COLORS.teal, values: sums(data.debitsReversed.groupBy, 1n) },
  ];
}

/**
 * The balance at the end of each bucket: an operator sees all entries, so it follows from the balance as it is now.
 *
 * @param balance null for a merchant, who does not see what others did to the same pockets. The line then begins at 0.
 */
function liabilityOf(data: Movements, range: Range, balance: bigint | null): AmountSeries {
  const entries = [data.charged, data.spent, data.chargesReversed, data.debitsReversed];
  const changes = sumsByBucket(
    range,
    entries.flatMap(({ groupBy }) => timeGroups(groupBy)),
  );
  const later = BigInt(data.later.groupBy[0]?.aggregate.sum.amount ?? 0);
  let level = balance === null ? 0n : balance - later - totalOf(changes);
  const values = changes.map((change) => (level += change));
  const name = balance === null ? "Change" : "Sum of balances";
  return { name, color: COLORS.blue, values };
}

function timeGroups(entries: Entries): { at: string | null; sum: string | null }[] {
  return entries.map(({ key, aggregate }) => ({ at: key.createdAt, sum: aggregate.sum.amount }));
}

function countOf(entries: Entries): string {
  const count = entries.reduce((total, { aggregate }) => total + aggregate.count, 0);
  return count === 1 ? "1 entry" : `${count.toLocaleString()} entries`;
}
