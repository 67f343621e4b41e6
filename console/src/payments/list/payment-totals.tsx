import { Group, Paper, Skeleton, Text } from "@mantine/core";
import { messageOf } from "../../api/problems.js";
import type { OperationState } from "../../api/use-operation.js";
import { Money } from "../../components/values.js";
import { counted, wordsOf } from "../../shared/words.js";
import { type CurrencyTotal, type StatusTotal, byCurrency, sumOf } from "./status-totals.js";

interface PaymentTotalsProps {
  readonly operation: OperationState<unknown>;
  readonly totals: readonly StatusTotal[] | undefined;
  /** What is counted. */
  readonly noun: string;
  /** The statuses that are summed first, apart from all others. Null if the filter selects the statuses. */
  readonly firstStatuses: readonly string[] | null;
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
      {byCurrency(totals).map((total) => (
        <Total key={total.currency} total={total} {...words} />
      ))}
    </Group>
  );
}

interface TotalProps extends Pick<PaymentTotalsProps, "noun" | "firstStatuses"> {
  readonly total: CurrencyTotal;
}

function Total({ total, noun, firstStatuses }: TotalProps) {
  const { currency, minorUnits } = total;
  const all = sumOf(total.all);
  const isFirst = ({ key }: StatusTotal): boolean =>
    firstStatuses === null || firstStatuses.includes(key.status ?? "");
  const first = sumOf(total.all.filter(isFirst));
  const money = (amount: bigint) => <Money {...{ amount, currency, minorUnits }} />;
  const statuses = firstStatuses?.map((status) => wordsOf(status).toLowerCase()).join(" or ");
  return (
    <Paper withBorder px="sm" py={6}>
      <Text fw={600}>
        {money(first.total)} {statuses}
      </Text>
      <Text size="xs" c="dimmed">
        {counted(first.count, noun)}
        {first.refunded > 0n && <>, {money(first.refunded)} refunded</>}
      </Text>
      {firstStatuses && (
        <Text size="xs" c="dimmed">
          All statuses: {money(all.total)}, {counted(all.count, noun)}
        </Text>
      )}
    </Paper>
  );
}
