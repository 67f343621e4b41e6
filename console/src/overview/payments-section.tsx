import { Group, NativeSelect, Stack, Title } from "@mantine/core";
import type { ResultOf } from "../api/graphql.js";
import { messageOf } from "../api/problems.js";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { EmptyState, ErrorState, LoadingState } from "../components/states.js";
import { SUMMARY } from "./payment-queries.js";
import { PaymentsByStatus } from "./payments-by-status.js";
import { PaymentsOverTime } from "./payments-over-time.js";
import type { Range } from "./range.js";
import type { CurrencyLike } from "./time-figure.js";
import { useChoice } from "./use-choice.js";

interface PaymentsSectionProps {
  readonly range: Range;
  readonly isTable: boolean;
}

/** What was paid and refunded, and the statuses of payments. */
export function PaymentsSection({ range, isTable }: PaymentsSectionProps) {
  const { merchant } = useViewer();
  const { data, error, reload } = useOperation(SUMMARY, { times: range.times });
  const currencies = data ? currenciesOf(data, merchant?.defaultCurrency) : [];
  const [currency, choose] = useChoice("currency", currencies);
  if (error) return <ErrorState message={messageOf(error)} onRetry={reload} />;
  if (!data) return <LoadingState label="Loading the payments" />;
  return (
    <Stack gap="md" component="section" aria-labelledby="payments-title">
      <Group justify="space-between">
        <Title order={2} size="h4" id="payments-title">
          Payments
        </Title>
        {currency && currencies.length > 1 && (
          <NativeSelect
            aria-label="Payments in"
            data={currencies.map(({ name }) => ({ value: name, label: `Payments in ${name}` }))}
            value={currency.name}
            onChange={(event) => {
              choose(event.currentTarget.value);
            }}
          />
        )}
      </Group>
      {currency ? (
        <PaymentsOverTime
          key={`${currency.name} ${range.unit} ${range.times.gte} ${range.times.lt}`}
          {...{ currency, range, isTable }}
        />
      ) : (
        <EmptyState
          title="No payments in this range"
          text="Select a longer range, or create a payment charge with the API."
        />
      )}
      {currency && <PaymentsByStatus summary={data} />}
    </Stack>
  );
}

interface NamedCurrency extends CurrencyLike {
  readonly name: string;
}

/** The currencies of the range, the merchant's own one first. */
function currenciesOf(data: ResultOf<typeof SUMMARY>, own: string | undefined): NamedCurrency[] {
  const groups = [data.paid, data.refunded, data.charges, data.refunds].flatMap(({ groupBy }) =>
    groupBy.map(({ key }) => key),
  );
  const found = new Map<string, NamedCurrency>();
  for (const { currency, currencyMinorUnits } of groups) {
    if (currency !== null) {
      found.set(currency, { name: currency, currency, currencyMinorUnits });
    }
  }
  const rank = ({ name }: NamedCurrency): string => (name === own ? "" : name);
  return [...found.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
