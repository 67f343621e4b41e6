import { Group, Text } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { problemsOf, refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useViewer } from "../api/viewer.js";
import { ConfirmDialog } from "../components/confirm-dialog.js";
import { DialogButton } from "../components/dialog-button.js";
import { scopeInWords } from "../merchants/scopes.js";
import { EditEndpointDialog } from "./edit-endpoint.js";
import {
  DELETE_ENDPOINT,
  ROTATE_SECRET,
  SEND_TEST,
  UPDATE_ENDPOINT,
} from "./endpoint-documents.js";
import type { Endpoint } from "./endpoint-page.js";
import { missingScopes } from "./event-types.js";
import { WebhookSecret } from "./webhook-secret.js";

export interface EndpointActionProps {
  readonly endpoint: Endpoint;
  /** Reads the endpoint again. */
  readonly readAgain: () => Promise<unknown>;
}

type DialogProps = EndpointActionProps & { readonly onClose: () => void };

/** What can be done with an endpoint. */
export function EndpointActions(props: EndpointActionProps) {
  const { may } = useViewer();
  const { endpoint } = props;
  const missing = missingScopes(endpoint.types, may);
  const mayChange = missing.length === 0;
  return (
    <Group gap="xs">
      {endpoint.isEnabled && (
        <DialogButton label="Send a test event">
          {(close) => <TestDialog {...props} onClose={close} />}
        </DialogButton>
      )}
      {mayChange && (
        <>
          <DialogButton label="Edit">
            {(close) => <EditEndpointDialog {...props} onClose={close} />}
          </DialogButton>
          <DialogButton label={endpoint.isEnabled ? "Disable" : "Enable"}>
            {(close) => <EnableDialog {...props} onClose={close} />}
          </DialogButton>
          <DialogButton label="Rotate the secret">
            {(close) => <RotateDialog {...props} onClose={close} />}
          </DialogButton>
        </>
      )}
      <DialogButton label="Delete" color="red" variant="outline">
        {(close) => <DeleteDialog {...props} onClose={close} />}
      </DialogButton>
      {!mayChange && (
        <Text size="sm" c="dimmed">
          To change this endpoint, a token also needs:{" "}
          {missing.map((scope) => `${scopeInWords(scope)} (${scope})`).join("; ")}.
        </Text>
      )}
    </Group>
  );
}

function TestDialog({ endpoint, readAgain, onClose }: DialogProps) {
  const action = useAction(SEND_TEST, refusalsIn, readAgain);
  return (
    <ConfirmDialog
      title="Send a test event"
      effect={`The server sends an event of the type webhook_endpoint.tested to ${endpoint.url}. Its delivery appears in the list below.`}
      label="Send the test event"
      action={action}
      variables={{ id: endpoint.id }}
      onClose={onClose}
    />
  );
}

function EnableDialog({ endpoint, readAgain, onClose }: DialogProps) {
  const action = useAction(UPDATE_ENDPOINT, refusalsIn, readAgain);
  const { id, isEnabled } = endpoint;
  return (
    <ConfirmDialog
      title={isEnabled ? "Disable the endpoint" : "Enable the endpoint"}
      effect={
        isEnabled
          ? "The server stops sending events to this endpoint. New events wait until you enable it again, for as long as the server keeps events."
          : "The server continues where it stopped: it sends what is pending, and the events in the meantime."
      }
      label={isEnabled ? "Disable the endpoint" : "Enable the endpoint"}
      action={action}
      variables={{ id, input: { isEnabled: !isEnabled } }}
      onClose={onClose}
    />
  );
}

function RotateDialog({ endpoint, readAgain, onClose }: DialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const action = useAction(
    ROTATE_SECRET,
    ({ rotateWebhookSecret: answer }) => {
      setSecret(answer.secret);
      return problemsOf(answer.userErrors);
    },
    readAgain,
  );
  if (isDone && secret !== null) {
    return <WebhookSecret title="The secret is rotated" secret={secret} onClose={onClose} />;
  }
  return (
    <ConfirmDialog
      title="Rotate the secret"
      effect="The server creates a new secret, and shows it once. For 24 hours, webhooks have signatures of both the new secret and the present one. Change your server within this time."
      label="Rotate the secret"
      action={action}
      variables={{ id: endpoint.id }}
      onClose={onClose}
      onDone={() => setDone(true)}
    />
  );
}

function DeleteDialog({ endpoint, onClose }: DialogProps) {
  const [, goTo] = useLocation();
  const action = useAction(DELETE_ENDPOINT, refusalsIn);
  return (
    <ConfirmDialog
      title="Delete the endpoint"
      effect={`The server stops sending events to ${endpoint.url}, and cancels what is pending. This cannot be undone.`}
      label="Delete the endpoint"
      isDangerous
      action={action}
      variables={{ id: endpoint.id }}
      onClose={onClose}
      onDone={() => goTo("/webhooks")}
    />
  );
}
