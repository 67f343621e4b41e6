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
  /** What is counted: "charge", and more of them with an s. */
  readonly noun: string;
}

/** The count and the sums of everything that matches the filters, in each currency. */
export function PaymentTotals({ operation, totals, noun }: PaymentTotalsProps) {
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
        <Total key={total.key.currency} total={total} noun={noun} />
      ))}
    </Group>
  );
}

function Total({ total, noun }: { readonly total: CurrencyTotal; readonly noun: string }) {
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
