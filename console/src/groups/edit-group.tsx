import { useState } from "react";
import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { ActionDialog } from "../components/action-dialog.js";
import { changedValues } from "../shared/changed-values.js";
import { type PocketGroup, UPDATE_GROUP } from "./group-documents.js";
import { GROUP_FIELDS, GroupFields, groupInput, groupValues } from "./group-fields.js";

interface EditGroupProps {
  readonly group: PocketGroup;
  /** Reads the group again. */
  readonly readAgain: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function EditGroupDialog({ group, readAgain, onClose }: EditGroupProps) {
  const { slug, currencyMinorUnits: minorUnits } = group;
  const [before] = useState(() => groupValues(group));
  const [values, setValues] = useState(before);
  const action = useAction(UPDATE_GROUP, refusalsIn, readAgain);
  const given = groupInput(values, minorUnits);
  const known = groupInput(before, minorUnits);
  const input = given && known && changedValues(known, given);
  const hasChanges = input !== null && Object.keys(input).length > 0;
  return (
    <ActionDialog
      title="Edit the pocket group"
      effect={
        hasChanges
          ? "The changes apply to the charges, debits and holds of every merchant from now on. Balances and earlier entries stay as they are."
          : "Nothing is changed yet."
      }
      label="Save the changes"
      size="lg"
      canRun={hasChanges && values.name.trim() !== ""}
      action={action}
      fields={GROUP_FIELDS}
      onClose={onClose}
      onRun={() => {
        if (input === null) return;
        void action.run({ slug, input }).then((isDone) => {
          if (isDone) onClose();
        });
      }}
    >
      <GroupFields values={values} onChange={setValues} problems={action.problems} group={group} />
    </ActionDialog>
  );
}
