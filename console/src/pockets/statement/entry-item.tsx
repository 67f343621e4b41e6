import { Anchor, Badge, Button, Group as Row, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import { Time } from "../../components/values.js";
import { isTooOldToReverse, nameOf, reversibleAmountOf } from "../entry.js";
import { PocketMoney } from "../pocket-money.js";
import type { Entry, Group } from "../pocket-queries.js";
import { EntryFacts } from "./entry-facts.js";

interface EntryItemProps {
  readonly entry: Entry;
  readonly group: Group;
  /** Whether it is the one that was searched for. */
  readonly isMarked: boolean;
  /** The address that marks the entry or hold with a token. */
  readonly addressOf: (token: string) => string;
  /** Null if it may not be reversed by the token. */
  readonly onReverse: (() => void) | null;
}

/** One change of the balance. */
export function EntryItem({ entry, group, isMarked, addressOf, onReverse }: EntryItemProps) {
  const left = reversibleAmountOf(entry);
  return (
    <Stack gap={4}>
      <Row justify="space-between" gap="xs">
        <Row gap="xs">
          <Text fw={600}>{nameOf(entry)}</Text>
          {isMarked && <Badge tt="none">Found</Badge>}
        </Row>
        <Text fw={600} c={entry.amount < 0 ? "red" : "teal"} className="nowrap">
          {entry.amount > 0 && "+"}
          <PocketMoney amount={entry.amount} group={group} />
        </Text>
      </Row>
      <Row justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          <Time at={entry.createdAt} />
        </Text>
        <Text size="sm" c="dimmed">
          Balance after: <PocketMoney amount={entry.balanceAfter} group={group} />
        </Text>
      </Row>
      <Relations {...{ entry, group, addressOf }} />
      <EntryFacts facts={entry} />
      {onReverse && left > 0 && (
        <Row>
          {isTooOldToReverse(entry, group) ? (
            <Text size="sm" c="dimmed">
              Too old to be reversed: the group allows {group.reversalWindowHours} hours.
            </Text>
          ) : (
            <Button size="compact-sm" variant="default" onClick={onReverse}>
              Reverse
            </Button>
          )}
        </Row>
      )}
    </Stack>
  );
}

/** Links between an entry and what it took back, its reversals and its hold. */
function Relations({
  entry,
  group,
  addressOf,
}: Pick<EntryItemProps, "entry" | "group" | "addressOf">) {
  const { reversalOf, reversals, reversedAmount, pocketHold } = entry;
  return (
    <>
      {reversalOf && (
        <Text size="sm">
          Takes back a{" "}
          <Anchor component={Link} href={addressOf(reversalOf.token)} underline="always">
            {reversalOf.kind === "CHARGE" ? "charge" : "debit"} of{" "}
            <PocketMoney amount={Math.abs(reversalOf.amount)} group={group} />
          </Anchor>
        </Text>
      )}
      {reversedAmount > 0 && (
        <Text size="sm">
          Taken back: <PocketMoney amount={reversedAmount} group={group} />, by{" "}
          {reversals.nodes.map(({ token, amount }, index) => (
            <span key={token}>
              {index > 0 && ", "}
              <Anchor component={Link} href={addressOf(token)} underline="always">
                a reversal of <PocketMoney amount={Math.abs(amount)} group={group} />
              </Anchor>
            </span>
          ))}
        </Text>
      )}
      {pocketHold && (
        <Text size="sm">
          Of{" "}
          <Anchor component={Link} href={addressOf(pocketHold.token)} underline="always">
            this hold
          </Anchor>
        </Text>
      )}
    </>
  );
}
