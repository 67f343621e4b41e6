import { Badge, Button, Group as Row, Stack, Text } from "@mantine/core";
import { Status, Time } from "../components/values.js";
import { uncapturedAmountOf } from "./entry.js";
import { PocketMoney } from "./pocket-money.js";
import type { Group, Hold } from "./pocket-queries.js";
import { EntryFacts } from "./statement/entry-facts.js";

interface HoldItemProps {
  readonly hold: Hold;
  readonly group: Group;
  readonly isMarked: boolean;
  /** Null if the token may not do it, or the hold is closed. */
  readonly onCapture: (() => void) | null;
  readonly onRelease: (() => void) | null;
}

/** A hold: what it reserves, since when and until when. */
export function HoldItem({ hold, group, isMarked, onCapture, onRelease }: HoldItemProps) {
  const { amount, capturedAmount, createdAt, expiresAt, closedAt, status } = hold;
  return (
    <Stack gap={4}>
      <Row justify="space-between" gap="xs">
        <Row gap="xs">
          <Text fw={600}>Hold</Text>
          <Status value={status} />
          {isMarked && <Badge tt="none">Found</Badge>}
        </Row>
        <Text fw={600}>
          <PocketMoney
            amount={status === "OPEN" ? uncapturedAmountOf(hold) : amount}
            group={group}
          />
        </Text>
      </Row>
      <Text size="sm" c="dimmed">
        Since <Time at={createdAt} />
        {expiresAt !== null && (
          <>
            , {status === "EXPIRED" ? "expired" : "expires"} <Time at={expiresAt} />
          </>
        )}
        {closedAt !== null && status !== "EXPIRED" && (
          <>
            , closed <Time at={closedAt} />
          </>
        )}
      </Text>
      {capturedAmount > 0 && (
        <Text size="sm">
          <PocketMoney amount={capturedAmount} group={group} /> of{" "}
          <PocketMoney amount={amount} group={group} /> was captured.
        </Text>
      )}
      <EntryFacts facts={hold} />
      {status === "OPEN" && (
        <Row gap="xs">
          {onCapture && (
            <Button size="compact-sm" variant="default" onClick={onCapture}>
              Capture
            </Button>
          )}
          {onRelease && (
            <Button size="compact-sm" variant="default" onClick={onRelease}>
              Release
            </Button>
          )}
        </Row>
      )}
    </Stack>
  );
}
