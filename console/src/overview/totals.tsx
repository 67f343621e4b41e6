import { Paper, SimpleGrid, Text } from "@mantine/core";
import { Money } from "../components/values.js";
import type { CurrencyLike } from "./time-figure.js";

interface TotalsProps {
  readonly totals: readonly {
    readonly name: string;
    readonly amount: bigint;
    readonly note?: string;
  }[];
  readonly currency: CurrencyLike;
}

/** The most important sums, in large type. */
export function Totals({ totals, currency }: TotalsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, xl: 4 }} spacing="sm" component="dl" m={0}>
      {totals.map(({ name, amount, note }) => (
        <Paper key={name} withBorder p="sm">
          <Text size="sm" c="dimmed" component="dt">
            {name}
          </Text>
          <Text fw={600} size="lg" component="dd" m={0}>
            <Money
              amount={amount}
              currency={currency.currency}
              minorUnits={currency.currencyMinorUnits}
            />
          </Text>
          {note !== undefined && (
            <Text size="xs" c="dimmed" component="dd" m={0}>
              {note}
            </Text>
          )}
        </Paper>
      ))}
    </SimpleGrid>
  );
}
