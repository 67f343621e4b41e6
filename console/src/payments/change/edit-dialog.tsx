import { Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useChange } from "../../api/use-change.js";
import { ActionDialog, errorOf } from "../../components/action-dialog.js";
import { type Entry, MetadataInput } from "./metadata-input.js";
import {
  type RecordDialogProps,
  type Updatable,
  type UpdateDocument,
  refusalsOf,
} from "./updates.js";

interface Texts {
  reference?: string | null;
  description?: string | null;
  metadata?: { key: string; value: string }[];
}

interface EditInput extends Texts {
  expectedUpdatedAt: string;
}

interface EditDialogProps<Record extends Updatable> extends RecordDialogProps<Record> {
  readonly document: UpdateDocument<EditInput>;
}

/** Edits the merchant's own texts of a payment. Only those that differ are sent. */
export function EditDialog<Record extends Updatable>(props: EditDialogProps<Record>) {
  const { document, record, reload, onClose } = props;
  // Another person may change the record meanwhile: only what this one has changed is sent.
  const [opened] = useState(record);
  const [reference, setReference] = useState(record.reference ?? "");
  const [description, setDescription] = useState(record.description ?? "");
  const [entries, setEntries] = useState<readonly Entry[]>(record.metadata);
  const [expectedUpdatedAt, setExpected] = useState(record.updatedAt);
  const change = useChange({
    document,
    readAnswer: refusalsOf,
    reload: async () => {
      const fresh = await reload();
      if (fresh) setExpected(fresh.updatedAt);
      return fresh;
    },
    isMade: (fresh, { input }) => Object.keys(differences(fresh, input)).length === 0,
    onDone: onClose,
  });
  const wanted = {
    reference: reference.trim() || null,
    description: description.trim() || null,
    metadata: entries.flatMap(({ key, value }) => (key + value === "" ? [] : { key, value })),
  };
  const changes = differences(opened, wanted);
  const names = Object.keys(changes);
  return (
    <ActionDialog
      title="Edit the details"
      effect={
        names.length === 0
          ? "Nothing is changed yet."
          : `Changes: ${names.join(", ")}. Amounts and status stay as they are.`
      }
      label="Save"
      canRun={names.length > 0}
      action={change}
      isUnsettled={change.isUnsettled}
      fields={Object.keys(wanted)}
      onClose={onClose}
      onRun={() => void change.run({ id: record.id, input: { ...changes, expectedUpdatedAt } })}
    >
      <TextInput
        label="Reference"
        description="Your own reference, such as an invoice's number."
        dir="auto"
        value={reference}
        error={errorOf(change.problems, "reference")}
        onChange={(event) => setReference(event.currentTarget.value)}
      />
      <Textarea
        label="Description"
        dir="auto"
        autosize
        value={description}
        error={errorOf(change.problems, "description")}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <MetadataInput
        entries={entries}
        error={errorOf(change.problems, "metadata")}
        onChange={setEntries}
      />
    </ActionDialog>
  );
}

/** The wanted texts that are not those of the record. The order of metadata has no meaning. */
function differences(record: Updatable, wanted: Texts): Texts {
  const { reference, description, metadata } = wanted;
  return {
    ...(reference === undefined || reference === record.reference ? {} : { reference }),
    ...(description === undefined || description === record.description ? {} : { description }),
    ...(metadata === undefined || textOf(metadata) === textOf(record.metadata) ? {} : { metadata }),
  };
}

function textOf(metadata: readonly Entry[]): string {
  return JSON.stringify(metadata.map(({ key, value }) => [key, value]).toSorted());
}
