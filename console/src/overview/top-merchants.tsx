import { Anchor, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import type { ResultOf } from "../api/graphql.js";
import { messageOf } from "../api/problems.js";
import { useOperation } from "../api/use-operation.js";
import { ErrorState, LoadingState } from "../components/states.js";
import { Money, Name } from "../components/values.js";
import { BY_MERCHANT } from "./pocket-queries.js";
import { type PocketScope, slugsOf } from "./pocket-scope.js";
import type { Range } from "./range.js";

const SHOWN = 10;

interface TopMerchantsProps {
  readonly scope: PocketScope;
  readonly range: Range;
}

/** The merchants that charged most in the range. */
export function TopMerchants({ scope, range }: TopMerchantsProps) {
  const { data, error, reload } = useOperation(BY_MERCHANT, {
    ...slugsOf(scope),
    times: range.times,
  });
  if (error) return <ErrorState message={messageOf(error)} onRetry={reload} />;
  if (!data) return <LoadingState label="Loading the merchants" />;
  const merchants = merchantsOf(data);
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Title order={3} size="h5">
          Top merchants, {scope.currency}
        </Title>
        {merchants.length === 0 ? (
          <Text size="sm" c="dimmed">
            No merchant charged or debited a pocket in this range.
          </Text>
        ) : (
          <MerchantTable merchants={merchants.slice(0, SHOWN)} scope={scope} />
        )}
        {merchants.length > SHOWN && (
          <Text size="sm" c="dimmed">
            The {SHOWN} of {merchants.length.toLocaleString()} merchants that charged most.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

interface MerchantSums {
  readonly id: string;
  readonly name: string;
  charged: bigint;
  spent: bigint;
}

function merchantsOf({ charged, spent }: ResultOf<typeof BY_MERCHANT>): MerchantSums[] {
  const found = new Map<string, MerchantSums>();
  const sumsOf = (merchant: { readonly id: string; readonly name: string }): MerchantSums => {
    const sums = found.get(merchant.id) ?? { ...merchant, charged: 0n, spent: 0n };
    found.set(merchant.id, sums);
    return sums;
  };
  for (const { key, aggregate } of charged.groupBy) {
    if (key.merchant) sumsOf(key.merchant).charged += BigInt(aggregate.sum.amount ?? 0);
  }
  for (const { key, aggregate } of spent.groupBy) {
    if (key.merchant) sumsOf(key.merchant).spent -= BigInt(aggregate.sum.amount ?? 0);
  }
  return [...found.values()].sort((a, b) => Number(b.charged - a.charged || b.spent - a.spent));
}

function MerchantTable({
  merchants,
  scope: { currency, currencyMinorUnits: minorUnits },
}: {
  readonly merchants: readonly MerchantSums[];
  readonly scope: PocketScope;
}) {
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Merchant</Table.Th>
          <Table.Th className="number">Charged</Table.Th>
          <Table.Th className="number">Spent</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {merchants.map(({ id, name, charged, spent }) => (
          <Table.Tr key={id}>
            <Table.Th scope="row" fw={400}>
              <Anchor component={Link} href={`/merchants/${id}`} size="sm">
                <Name>{name}</Name>
              </Anchor>
            </Table.Th>
            <Table.Td className="number">
              <Money {...{ amount: charged, currency, minorUnits }} />
            </Table.Td>
            <Table.Td className="number">
              <Money {...{ amount: spent, currency, minorUnits }} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
