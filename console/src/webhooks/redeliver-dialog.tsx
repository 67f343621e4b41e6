import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { ActionDialog } from "../components/action-dialog.js";
import type { DeliveryFilter } from "./delivery-documents.js";
import type { Endpoint } from "./endpoint-page.js";
import { useRedelivery } from "./use-redelivery.js";

interface RedeliverDialogProps {
  readonly endpoint: Endpoint;
  /** What is sent again: "3 events". */
  readonly what: string;
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
  const [what] = useState(props.what);
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
          ? `The server sends ${what}, to ${endpoint.url} again, also those that were delivered. A repeat has the same webhook-id, so your server can tell it.`
          : `${count === 1 ? "1 event is" : `${count.toLocaleString()} events are`} in the queue so far.`
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
            : `${count === 1 ? "1 event is" : `${count.toLocaleString()} events are`} sent again. The list shows the answers as they arrive.`}
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
