import { Alert, Paper, SimpleGrid, Text } from "@mantine/core";
import { IconSnowflake } from "@tabler/icons-react";
import { Name } from "../components/values.js";
import { FREEZES, refusalOf, unspendableNoteOf } from "./freeze.js";
import { PocketMoney } from "./pocket-money.js";
import type { Group, Pocket } from "./pocket-queries.js";

interface BalancesProps {
  readonly pocket: Pocket;
  readonly group: Group;
}

/** How much the pocket has, how much of it can be spent, and whether it is frozen. */
export function Balances({ pocket, group }: BalancesProps) {
  const { balance, available, heldAmount, freezeScope, freezeReason } = pocket;
  return (
    <>
      {freezeScope !== "NONE" && (
        <Alert color="blue" icon={<IconSnowflake />} title={FREEZES[freezeScope]}>
          <Text size="sm">
            {freezeReason === null ? "No reason was given." : <Name>{freezeReason}</Name>}
          </Text>
          <Text size="sm">{refusalOf(freezeScope)}</Text>
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing={{ base: 6, xs: "md" }} component="dl" m={0}>
        <Figure name="Balance" amount={balance} group={group} />
        <Figure
          name="Available"
          amount={available}
          group={group}
          note={unspendableNoteOf(freezeScope)}
        />
        <Figure name="Held" amount={heldAmount} group={group} />
      </SimpleGrid>
    </>
  );
}

interface FigureProps {
  readonly name: string;
  readonly amount: number;
  readonly group: Group;
  readonly note?: string | null;
}

function Figure({ name, amount, group, note = null }: FigureProps) {
  return (
    <Paper withBorder p={{ base: "sm", xs: "md" }} className="figure">
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} fz={{ base: 18, xs: 22 }} fw={600}>
        <PocketMoney amount={amount} group={group} />
      </Text>
      {note !== null && (
        <Text component="dd" m={0} size="sm" c="dimmed">
          {note}
        </Text>
      )}
    </Paper>
  );
}
