import { CloseButton, Group as Row, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { messageOf } from "../api/problems.js";
import type { OperationState } from "../api/use-operation.js";
import { ErrorState, LoadingState } from "../components/states.js";
import { useReveal } from "../components/use-reveal.js";
import type { ResultOf } from "../api/graphql.js";
import type { Entry, Hold, MARKED } from "./pocket-queries.js";

interface MarkedProps {
  readonly operation: OperationState<ResultOf<typeof MARKED>>;
  readonly entryItem: (entry: Entry) => ReactNode;
  readonly holdItem: (hold: Hold) => ReactNode;
  readonly onClose: () => void;
}

/** The entry or the hold whose token was searched for, whether or not it is in the shown days. */
export function Marked({ operation, entryItem, holdItem, onClose }: MarkedProps) {
  const { data, error } = operation;
  const section = useReveal<HTMLElement>(data !== undefined || error !== undefined);
  return (
    <Paper
      withBorder
      p="md"
      component="section"
      aria-labelledby="marked"
      className="revealed"
      ref={section}
      tabIndex={-1}
    >
      <Stack gap="xs">
        <Row justify="space-between">
          <Title order={2} size="h4" id="marked">
            With this token
          </Title>
          <CloseButton aria-label="Close the entry" onClick={onClose} />
        </Row>
        <Found {...{ operation, entryItem, holdItem }} />
      </Stack>
    </Paper>
  );
}

function Found({ operation, entryItem, holdItem }: Omit<MarkedProps, "onClose">) {
  const { data, error, reload } = operation;
  if (error) return <ErrorState message={messageOf(error)} onRetry={() => void reload()} />;
  if (!data) return <LoadingState label="Loading the entry" />;
  if (data.pocketEntry) return entryItem(data.pocketEntry);
  if (data.pocketHold) return holdItem(data.pocketHold);
  return (
    <Text size="sm">
      This token sees no charge, debit, reversal or hold with it in this group. Only the merchant
      that made one, and operators, can see it.
    </Text>
  );
}
