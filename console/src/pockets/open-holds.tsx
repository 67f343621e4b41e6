import { Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { uncapturedAmountOf } from "./entry.js";
import { PocketMoney } from "./pocket-money.js";
import type { Group, Hold, Pocket } from "./pocket-queries.js";

interface OpenHoldsProps {
  readonly pocket: Pocket;
  readonly group: Group;
  readonly item: (hold: Hold) => ReactNode;
}

/** What reserves a part of the balance. */
export function OpenHolds({ pocket, group, item }: OpenHoldsProps) {
  const { nodes, totalCount } = pocket.pocketHolds;
  const seen = nodes.reduce((sum, hold) => sum + uncapturedAmountOf(hold), 0);
  const isAll = nodes.length === totalCount;
  const others = pocket.heldAmount - seen;
  if (nodes.length === 0 && pocket.heldAmount === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-labelledby="open-holds">
      <Title order={2} size="h4" id="open-holds">
        Open holds
      </Title>
      {nodes.map((hold) => (
        <Paper key={hold.id} withBorder p="sm">
          {item(hold)}
        </Paper>
      ))}
      {isAll && others > 0 && (
        <Text size="sm" c="dimmed">
          Other merchants hold <PocketMoney amount={others} group={group} />.
        </Text>
      )}
      {!isAll && (
        <Text size="sm" c="dimmed">
          {totalCount.toLocaleString()} holds are open. The {nodes.length} that expire first are
          shown.
        </Text>
      )}
    </Stack>
  );
}
