import { Button, Group, Text } from "@mantine/core";
import type { ListState } from "./list-state.js";

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

interface PageButtonsProps {
  readonly pageInfo: PageInfo;
  readonly state: Pick<ListState, "toNext" | "toPrevious">;
  readonly totalCount?: number | undefined;
}

/** The buttons to the pages before and after, by cursor. */
export function PageButtons({ pageInfo, state, totalCount }: PageButtonsProps) {
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo;
  return (
    <Group justify="space-between" component="nav" aria-label="Pages of the list">
      <Text size="sm" c="dimmed">
        {totalCount !== undefined && `${totalCount.toLocaleString()} in all`}
      </Text>
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          disabled={!hasPreviousPage || startCursor === null}
          onClick={() => {
            if (startCursor !== null) state.toPrevious(startCursor);
          }}
        >
          Previous page
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={!hasNextPage || endCursor === null}
          onClick={() => {
            if (endCursor !== null) state.toNext(endCursor);
          }}
        >
          Next page
        </Button>
      </Group>
    </Group>
  );
}
