import { TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { type Problem, refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { ActionDialog, errorOf } from "../components/action-dialog.js";
import { CurrencySelect } from "../components/currency-select.js";
import { DialogButton } from "../components/dialog-button.js";
import { NameInput } from "../components/name-input.js";
import { CREATE_GROUP } from "./group-documents.js";
import { RegionInput, UniqueReferences } from "./group-fields.js";

interface CreateGroupProps {
  /** Reads the list again. */
  readonly onCreated: () => Promise<unknown>;
}

export function CreateGroupButton({ onCreated }: CreateGroupProps) {
  return (
    <DialogButton label="Create a group" variant="filled" leftSection={<IconPlus size={16} />}>
      {(close) => <CreateGroupDialog onCreated={onCreated} onClose={close} />}
    </DialogButton>
  );
}

const NEW = {
  name: "",
  slug: "",
  currency: "IRR",
  phoneNumberRegion: "IR",
  hasUniqueReferences: false,
};

const FIELDS = ["name", "slug", "currency", "phoneNumberRegion"];

function CreateGroupDialog({
  onCreated,
  onClose,
}: CreateGroupProps & { readonly onClose: () => void }) {
  const [values, setValues] = useState(NEW);
  const [, goTo] = useLocation();
  const action = useAction(CREATE_GROUP, refusalsIn, onCreated);
  const slug = values.slug.trim();
  const run = async (): Promise<void> => {
    const name = values.name.trim();
    const phoneNumberRegion = values.phoneNumberRegion.trim() || null;
    if (await action.run({ input: { ...values, name, slug, phoneNumberRegion } })) {
      goTo(`/groups/${slug}`);
    }
  };
  return (
    <ActionDialog
      title="Create a pocket group"
      effect={`The group is active at once, in ${values.currency}, which cannot be changed later. No merchant may use it until you grant it. Set its limits on its page.`}
      label="Create the group"
      canRun={values.name.trim() !== "" && slug !== ""}
      action={action}
      fields={FIELDS}
      onClose={onClose}
      onRun={() => void run()}
    >
      <Fields values={values} onChange={setValues} problems={action.problems} />
    </ActionDialog>
  );
}

interface FieldsProps {
  readonly values: typeof NEW;
  readonly onChange: (values: typeof NEW) => void;
  readonly problems: readonly Problem[];
}

function Fields({ values, onChange, problems }: FieldsProps) {
  return (
    <>
      <NameInput
        value={values.name}
        error={errorOf(problems, "name")}
        onChange={(name) => onChange({ ...values, name })}
      />
      <TextInput
        label="Slug"
        description="The group’s name in requests: a-z, 0-9 and hyphens. It cannot be changed later."
        placeholder="my-pocket-group"
        required
        value={values.slug}
        error={errorOf(problems, "slug")}
        onChange={(event) => onChange({ ...values, slug: event.currentTarget.value })}
      />
      <CurrencySelect
        required
        value={values.currency}
        error={errorOf(problems, "currency")}
        onChange={(currency) => onChange({ ...values, currency: currency ?? values.currency })}
      />
      <RegionInput
        value={values.phoneNumberRegion}
        error={errorOf(problems, "phoneNumberRegion")}
        onChange={(phoneNumberRegion) => onChange({ ...values, phoneNumberRegion })}
      />
      <UniqueReferences
        checked={values.hasUniqueReferences}
        onChange={(hasUniqueReferences) => onChange({ ...values, hasUniqueReferences })}
      />
    </>
  );
}
