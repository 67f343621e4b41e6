import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { problemsOf } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useViewer } from "../api/viewer.js";
import { ActionDialog } from "../components/action-dialog.js";
import { DialogButton } from "../components/dialog-button.js";
import {
  ENDPOINT_FIELDS,
  EndpointFields,
  type EndpointValues,
  effectOn,
  inputOf,
  isComplete,
} from "./endpoint-fields.js";
import { CREATE_ENDPOINT } from "./endpoint-documents.js";
import { missingScopes } from "./event-types.js";
import { WebhookSecret } from "./webhook-secret.js";

interface CreateEndpointProps {
  /** Reads the list again. */
  readonly onCreated: () => Promise<unknown>;
}

export function CreateEndpointButton({ onCreated }: CreateEndpointProps) {
  return (
    <DialogButton label="Create an endpoint" variant="filled" leftSection={<IconPlus size={16} />}>
      {(close) => <CreateEndpointDialog onCreated={onCreated} onClose={close} />}
    </DialogButton>
  );
}

const NEW: EndpointValues = {
  url: "",
  description: "",
  types: [],
  batchSize: 1,
  dataSelection: "",
};

function CreateEndpointDialog({
  onCreated,
  onClose,
}: CreateEndpointProps & { readonly onClose: () => void }) {
  const { may } = useViewer();
  const [values, setValues] = useState(NEW);
  const [secret, setSecret] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const action = useAction(
    CREATE_ENDPOINT,
    ({ createWebhookEndpoint: answer }) => {
      setSecret(answer.secret);
      return problemsOf(answer.userErrors);
    },
    onCreated,
  );
  if (isDone && secret !== null) {
    return <WebhookSecret title="The endpoint is created" secret={secret} onClose={onClose} />;
  }
  return (
    <ActionDialog
      title="Create a webhook endpoint"
      effect={effectOn(values)}
      label="Create the endpoint"
      size="lg"
      canRun={isComplete(values, missingScopes([], may).length === 0)}
      action={action}
      fields={ENDPOINT_FIELDS}
      onClose={onClose}
      onRun={() => {
        void action.run({ input: inputOf(values) }).then(setDone);
      }}
    >
      <EndpointFields values={values} onChange={setValues} problems={action.problems} />
    </ActionDialog>
  );
}
