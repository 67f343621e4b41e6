import { Group, Paper, Skeleton, Text } from "@mantine/core";
import { messageOf } from "../../api/problems.js";
import type { OperationState } from "../../api/use-operation.js";
import { Money } from "../../components/values.js";

export interface CurrencyTotal {
  readonly key: { readonly currency: string | null; readonly currencyMinorUnits: number | null };
  readonly aggregate: {
    readonly count: number;
    readonly sum: {
      readonly totalInCents: string | null;
      readonly totalRefundedInCents?: string | null;
    };
  };
}

interface PaymentTotalsProps {
  readonly operation: OperationState<unknown>;
  readonly totals: readonly CurrencyTotal[] | undefined;
  /** What is counted. */
  readonly noun: string;
  /** Whether failed and canceled payments are in the sums too, which is then said. */
  readonly isOfAnyStatus: boolean;
}

/** The count and the sums of everything that matches the filters, in each currency. */
export function PaymentTotals({ operation, totals, ...words }: PaymentTotalsProps) {
  if (operation.error) {
    return (
      <Text size="sm" c="dimmed">
        The totals could not be computed: {messageOf(operation.error)}
      </Text>
    );
  }
  if (!totals) return <Skeleton height={56} />;
  if (totals.length === 0) return null;
  return (
    <Group
      gap="sm"
      component="section"
      aria-label="Totals of the list"
      className={operation.isStale ? "stale" : ""}
    >
      {totals.map((total) => (
        <Total key={total.key.currency} total={total} {...words} />
      ))}
    </Group>
  );
}

interface TotalProps extends Pick<PaymentTotalsProps, "noun" | "isOfAnyStatus"> {
  readonly total: CurrencyTotal;
}

function Total({ total, noun, isOfAnyStatus }: TotalProps) {
  const { count, sum } = total.aggregate;
  const unit = {
    currency: total.key.currency ?? "XXX",
    minorUnits: total.key.currencyMinorUnits,
  };
  const refunded = sum.totalRefundedInCents ?? "0";
  return (
    <Paper withBorder px="sm" py={6}>
      <Text fw={600}>
        <Money amount={sum.totalInCents ?? "0"} {...unit} />
      </Text>
      <Text size="xs" c="dimmed">
        {count.toLocaleString()} {count === 1 ? noun : `${noun}s`}
        {isOfAnyStatus && (count === 1 ? " of any status" : " of every status")}
        {refunded !== "0" && (
          <>
            , <Money amount={refunded} {...unit} /> refunded
          </>
        )}
      </Text>
    </Paper>
  );
}

/** How many records the list has, from the totals, which count them anyway. */
export function countOf(totals: readonly CurrencyTotal[] | undefined): number | undefined {
  return totals?.reduce((count, { aggregate }) => count + aggregate.count, 0);
}
