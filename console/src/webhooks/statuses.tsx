import { Group, Text } from "@mantine/core";
import { Status, Time } from "../components/values.js";
import type { Delivery } from "./delivery-documents.js";

interface EndpointStatusProps {
  readonly isEnabled: boolean;
  readonly disabledReason: string | null;
  readonly failingSince: string | null;
}

/** Whether an endpoint gets events. One that answers no event is failing, although it is enabled. */
export function EndpointStatus({ isEnabled, disabledReason, failingSince }: EndpointStatusProps) {
  if (isEnabled && failingSince !== null) {
    return (
      <Group gap="xs">
        <Status value="FAILING" />
        <Text size="xs" component="span">
          since <Time at={failingSince} />
        </Text>
      </Group>
    );
  }
  return (
    <Group gap="xs">
      <Status value={isEnabled ? "ENABLED" : "DISABLED"} />
      {disabledReason !== null && (
        <Text size="xs" component="span">
          by the server
        </Text>
      )}
    </Group>
  );
}

/** Whether an event was delivered. One that was refused at least once is tried again. */
export function DeliveryStatus({
  delivery: { status, attempts, nextAttemptAt },
}: {
  readonly delivery: Pick<Delivery, "status" | "attempts" | "nextAttemptAt">;
}) {
  if (status !== "PENDING" || attempts === 0) return <Status value={status} />;
  return (
    <Group gap="xs">
      <Status value="RETRYING" />
      {nextAttemptAt !== null && (
        <Text size="xs" component="span">
          next at <Time at={nextAttemptAt} />
        </Text>
      )}
    </Group>
  );
}
