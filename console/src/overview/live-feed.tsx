import "./live-feed.css";
import { Badge, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { messageOf } from "../api/problems.js";
import { useViewer } from "../api/viewer.js";
import { ErrorState, LoadingState } from "../components/states.js";
import { Time } from "../components/values.js";
import type { EventShown } from "./event-queries.js";
import { EventText } from "./event-text.js";
import { useLiveEvents } from "./use-live-events.js";

/** What happens now: the last events, each as a sentence. */
export function LiveFeed() {
  const { isOperator } = useViewer();
  const [isPaused, setPaused] = useState(false);
  const { events, isConnected, error } = useLiveEvents(isPaused, !isOperator);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="feed-title">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h5" id="feed-title">
            Live
          </Title>
          <Group gap="xs">
            <FeedStatus {...{ isPaused, isConnected }} />
            <Button
              size="xs"
              variant="default"
              leftSection={isPaused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
              onClick={() => {
                setPaused(!isPaused);
              }}
            >
              {isPaused ? "Resume" : "Pause"}
            </Button>
          </Group>
        </Group>
        {error && <ErrorState message={messageOf(error)} />}
        {!events && !error && <LoadingState label="Loading the last events" />}
        {events?.length === 0 && (
          <Text size="sm" c="dimmed">
            No events yet. Charges, payments and other changes appear here as they happen.
          </Text>
        )}
        {events && events.length > 0 && (
          <Stack component="ol" gap="sm" m={0} p={0} className="feed" aria-label="Last events">
            {events.toReversed().map((event) => (
              <EventItem key={event.id} event={event} />
            ))}
          </Stack>
        )}
      </Stack>
    </Paper>
  );
}

interface FeedStatusProps {
  readonly isPaused: boolean;
  readonly isConnected: boolean;
}

function FeedStatus({ isPaused, isConnected }: FeedStatusProps) {
  const [text, color] = isPaused
    ? ["Paused", "gray"]
    : isConnected
      ? ["Following", "green"]
      : ["Server away, connecting again", "orange"];
  return (
    <Badge variant="light" color={color} tt="none" role="status">
      {text}
    </Badge>
  );
}

function EventItem({ event }: { readonly event: EventShown }) {
  return (
    <li>
      <EventText event={event} size="sm" />
      <Text size="xs" c="dimmed">
        <Time at={event.createdAt} />
      </Text>
    </li>
  );
}
