import { Paper, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import type { ResultOf } from "../api/graphql.js";
import { Money, Status } from "../components/values.js";
import type { SUMMARY } from "./payment-queries.js";

type Summary = ResultOf<typeof SUMMARY>;

/** How many payments have each status, and their sums: a row for each status and currency. */
export function PaymentsByStatus({ summary }: { readonly summary: Summary }) {
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Title order={3} size="h5">
          Payments by status
        </Title>
        <Text size="sm" c="dimmed">
          The current status of what was created in the range.
        </Text>
        <ScrollArea
          type="auto"
          viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Payments by status" }}
        >
          <Table miw={440}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Kind</Table.Th>
                <Table.Th>Status</Table.Th>
                <Table.Th className="number">Count</Table.Th>
                <Table.Th className="number">Sum</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              <StatusRows kind="Charge" groups={summary.charges.groupBy} />
              <StatusRows kind="Refund" groups={summary.refunds.groupBy} />
            </Table.Tbody>
          </Table>
        </ScrollArea>
      </Stack>
    </Paper>
  );
}

interface StatusRowsProps {
  readonly kind: string;
  readonly groups: Summary["charges"]["groupBy"] | Summary["refunds"]["groupBy"];
}

function StatusRows({ kind, groups }: StatusRowsProps) {
  return groups.map(({ key: { status, currency, currencyMinorUnits }, aggregate }) => (
    <Table.Tr key={`${status ?? ""} ${currency ?? ""}`}>
      <Table.Td>{kind}</Table.Td>
      <Table.Td>{status !== null && <Status value={status} />}</Table.Td>
      <Table.Td className="number">{aggregate.count.toLocaleString()}</Table.Td>
      <Table.Td className="number">
        <Money
          amount={aggregate.sum.totalInCents ?? 0}
          currency={currency ?? ""}
          minorUnits={currencyMinorUnits}
        />
      </Table.Td>
    </Table.Tr>
  ));
}
