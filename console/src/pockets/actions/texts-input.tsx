import { TextInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { errorOf } from "../../components/action-dialog.js";
import type { Problem } from "../../api/problems.js";

export interface TextsState {
  readonly reference: string;
  readonly note: string;
  readonly setReference: (text: string) => void;
  readonly setNote: (text: string) => void;
  /** The texts for an item's input, without those that are empty. */
  readonly input: { readonly reference?: string; readonly note?: string };
}

export function useTexts(): TextsState {
  const [reference, setReference] = useState("");
  const [note, setNote] = useState("");
  const input = {
    ...(reference.trim() === "" ? {} : { reference: reference.trim() }),
    ...(note.trim() === "" ? {} : { note: note.trim() }),
  };
  return { reference, note, setReference, setNote, input };
}

interface TextsInputProps {
  readonly state: TextsState;
  readonly problems: readonly Problem[];
  readonly onChange: () => void;
}

/** The merchant's reference and a note, both of which may be omitted. */
export function TextsInput({ state, problems, onChange }: TextsInputProps) {
  return (
    <>
      <TextInput
        label="Reference (optional)"
        description="Such as the number of an order"
        maxLength={200}
        dir="auto"
        value={state.reference}
        error={errorOf(problems, "reference")}
        onChange={(event) => {
          state.setReference(event.currentTarget.value);
          onChange();
        }}
      />
      <NoteInput
        label="Note (optional)"
        value={state.note}
        error={errorOf(problems, "note")}
        onChange={(note) => {
          state.setNote(note);
          onChange();
        }}
      />
    </>
  );
}

interface NoteInputProps {
  readonly label: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (note: string) => void;
}

/** A text for people. */
export function NoteInput({ label, value, error, onChange }: NoteInputProps) {
  return (
    <Textarea
      label={label}
      maxLength={500}
      autosize
      minRows={2}
      dir="auto"
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
