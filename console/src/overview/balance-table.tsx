import { Paper, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import { messageOf } from "../api/problems.js";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { ErrorState } from "../components/states.js";
import { Money, Name } from "../components/values.js";
import { CHANGES } from "./pocket-queries.js";
import type { GroupBalance } from "./pocket-scope.js";
import type { Range } from "./range.js";

interface BalanceTableProps {
  readonly balances: readonly GroupBalance[];
  readonly range: Range;
}

/** The liability of every pocket group now, and how the range changed it. */
export function BalanceTable({ balances, range }: BalanceTableProps) {
  const { isOperator } = useViewer();
  const { data, error, isStale, reload } = useOperation(CHANGES, { times: range.times });
  if (error) return <ErrorState message={messageOf(error)} onRetry={reload} />;
  const changes = new Map(
    data?.pocketEntries.groupBy.map(({ key, aggregate }) => [
      key.pocketGroup?.id,
      aggregate.sum.amount,
    ]),
  );
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Title order={3} size="h5">
          Liability by pocket group
        </Title>
        <Text size="sm" c="dimmed">
          The sums of all balances now.{" "}
          {isOperator
            ? "The change is what all entries of the range added to them."
            : "The change is what this merchant's entries of the range added to them."}
        </Text>
        <ScrollArea
          type="auto"
          viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Liability by pocket group" }}
        >
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Pocket group</Table.Th>
                {["Pockets", "Balance", "Held", "Available", "Change in the range"].map((name) => (
                  <Table.Th key={name} className="number">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {balances.map((balance) => (
                <BalanceRow
                  key={balance.key.pocketGroup?.id}
                  balance={balance}
                  change={data && !isStale ? (changes.get(balance.key.pocketGroup?.id) ?? 0) : null}
                />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      </Stack>
    </Paper>
  );
}

interface BalanceRowProps {
  readonly balance: GroupBalance;
  /** Null while it is loaded. */
  readonly change: string | number | null;
}

function BalanceRow({ balance: { key: group, aggregate }, change }: BalanceRowProps) {
  const { count, sum } = aggregate;
  const amounts = [sum.balance, sum.heldAmount, sum.available, change];
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        <Name>{group.pocketGroup?.name ?? ""}</Name>
      </Table.Th>
      <Table.Td className="number">{count.toLocaleString()}</Table.Td>
      {amounts.map((amount, index) => (
        <Table.Td key={index} className="number">
          {amount === null ? (
            "…"
          ) : (
            <Money
              amount={amount}
              currency={group.currency ?? ""}
              minorUnits={group.currencyMinorUnits}
            />
          )}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}
