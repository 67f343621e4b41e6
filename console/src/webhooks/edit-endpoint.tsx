import { useState } from "react";
import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useViewer } from "../api/viewer.js";
import { ActionDialog } from "../components/action-dialog.js";
import type { EndpointActionProps } from "./endpoint-actions.js";
import { UPDATE_ENDPOINT } from "./endpoint-documents.js";
import {
  ENDPOINT_FIELDS,
  EndpointFields,
  type EndpointValues,
  effectOn,
  inputOf,
  isComplete,
} from "./endpoint-fields.js";
import { missingScopes } from "./event-types.js";
import { changedValues } from "../shared/changed-values.js";

type EditEndpointProps = EndpointActionProps & { readonly onClose: () => void };

export function EditEndpointDialog({ endpoint, readAgain, onClose }: EditEndpointProps) {
  const { may } = useViewer();
  const [before] = useState<EndpointValues>(() => ({
    ...endpoint,
    description: endpoint.description ?? "",
    dataSelection: endpoint.dataSelection ?? "",
  }));
  const [values, setValues] = useState(before);
  const action = useAction(UPDATE_ENDPOINT, refusalsIn, readAgain);
  const input = changedValues(inputOf(before), inputOf(values));
  const hasChanges = Object.keys(input).length > 0;
  return (
    <ActionDialog
      title="Edit the webhook endpoint"
      effect={
        hasChanges
          ? `${effectOn(values)} What is pending is sent there, too.`
          : "Nothing is changed yet."
      }
      label="Save the changes"
      size="lg"
      canRun={hasChanges && isComplete(values, missingScopes([], may).length === 0)}
      action={action}
      fields={ENDPOINT_FIELDS}
      onClose={onClose}
      onRun={() => {
        void action.run({ id: endpoint.id, input }).then((isDone) => {
          if (isDone) onClose();
        });
      }}
    >
      <EndpointFields values={values} onChange={setValues} problems={action.problems} />
    </ActionDialog>
  );
}
