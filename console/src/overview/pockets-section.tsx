import { Group, NativeSelect, Stack, Title } from "@mantine/core";
import { messageOf } from "../api/problems.js";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { EmptyState, ErrorState, LoadingState } from "../components/states.js";
import { BalanceTable } from "./balance-table.js";
import { BALANCES } from "./pocket-queries.js";
import { PocketMovements } from "./pocket-movements.js";
import { scopesOf } from "./pocket-scope.js";
import type { Range } from "./range.js";
import { TopMerchants } from "./top-merchants.js";
import { useChoice } from "./use-choice.js";

interface PocketsSectionProps {
  readonly range: Range;
  readonly isTable: boolean;
}

/** What was charged and spent, what the pockets contain, and how that changed. */
export function PocketsSection({ range, isTable }: PocketsSectionProps) {
  const { isOperator } = useViewer();
  const { data, error, reload } = useOperation(BALANCES, {});
  const balances = data?.pockets.groupBy ?? [];
  const scopes = scopesOf(balances);
  const [scope, choose] = useChoice("pockets", scopes);
  if (error) return <ErrorState message={messageOf(error)} onRetry={reload} />;
  if (!data) return <LoadingState label="Loading the pockets" />;
  if (!scope) {
    return (
      <EmptyState
        title="No pockets yet"
        text="The first charge of a phone number creates its pocket."
      />
    );
  }
  const key = `${scope.name} ${range.unit} ${range.times.gte} ${range.times.lt}`;
  return (
    <Stack gap="md" component="section" aria-labelledby="pockets-title">
      <Group justify="space-between">
        <Title order={2} size="h4" id="pockets-title">
          Pockets
        </Title>
        {scopes.length > 1 && (
          <NativeSelect
            aria-label="Pockets of"
            data={scopes.map(({ name, label }) => ({ value: name, label }))}
            value={scope.name}
            onChange={(event) => {
              choose(event.currentTarget.value);
            }}
          />
        )}
      </Group>
      <PocketMovements key={key} scope={scope} range={range} isTable={isTable} />
      <BalanceTable balances={balances} range={range} />
      {isOperator && <TopMerchants key={`merchants ${key}`} scope={scope} range={range} />}
    </Stack>
  );
}
