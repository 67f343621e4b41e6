import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { ActionDialog } from "../components/action-dialog.js";
import { counted } from "../shared/words.js";
import type { DeliveryFilter } from "./delivery-documents.js";
import type { Endpoint } from "./endpoint-page.js";
import { useRedelivery } from "./use-redelivery.js";

interface RedeliverDialogProps {
  readonly endpoint: Endpoint;
  /** The number of events that are sent again. */
  readonly count: number;
  readonly filter: DeliveryFilter;
  readonly readAgain: () => Promise<unknown>;
  readonly onSent: () => void;
  readonly onClose: () => void;
}

/** Says what is sent again, shows how far it is, and how many events it was in the end. */
export function RedeliverDialog(props: RedeliverDialogProps) {
  const { endpoint, readAgain, onSent, onClose } = props;
  // The list changes while the dialog is open, but what the person agreed to does not.
  const [filter] = useState(props.filter);
  const [planned] = useState(props.count);
  const action = useRedelivery(endpoint.id, filter, readAgain);
  const { run, isRunning, isDone, count } = action;
  if (isDone && !isRunning) {
    const close = (): void => {
      onSent();
      onClose();
    };
    return <Outcome count={count ?? 0} onClose={close} />;
  }
  return (
    <ActionDialog
      title="Send events again"
      effect={
        count === null
          ? effectOn(planned, endpoint.url)
          : `${eventsAre(count)} in the queue so far.`
      }
      label={count === null ? "Send again" : "Continue"}
      canRun
      action={action}
      onRun={() => void run()}
      onClose={onClose}
    />
  );
}

function Outcome({ count, onClose }: { readonly count: number; readonly onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title="Send events again"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Text role="status">
          {count === 0
            ? "No event is sent again: the server no longer keeps these events."
            : `${eventsAre(count)} sent again. The list shows the answers as they arrive.`}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function effectOn(count: number, url: string): string {
  const sends = `The server sends ${counted(count, "event")} to ${url} again`;
  return count === 1
    ? `${sends}, even if it was delivered before. It keeps its webhook-id, by which your server recognizes it.`
    : `${sends}, even those that were delivered before. Each keeps its webhook-id, by which your server recognizes it.`;
}

function eventsAre(count: number): string {
  return `${counted(count, "event")} ${count === 1 ? "is" : "are"}`;
}
