import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";
import { instantOf, localOf } from "../shared/time.js";

interface TextFilterProps extends Omit<TextInputProps, "value" | "onChange"> {
  readonly label: string;
  /** The applied value, which is in the address. */
  readonly value: string;
  readonly onApply: (text: string) => void;
}

/** A text that is applied when the person presses Enter or leaves the field, instead of at each letter. */
export function TextFilter({ value, onApply, ...props }: TextFilterProps) {
  // What was typed belongs to the applied value: a new one, such as after "Clear filters", replaces it.
  const [draft, setDraft] = useState({ appliedTo: value, text: value });
  const text = draft.appliedTo === value ? draft.text : value;
  const apply = (): void => {
    if (text.trim() !== value) onApply(text.trim());
  };
  return (
    <TextInput
      size="sm"
      dir="auto"
      {...props}
      value={text}
      onChange={(event) => {
        setDraft({ appliedTo: value, text: event.currentTarget.value });
      }}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === "Enter") apply();
      }}
    />
  );
}

/** A date and time in the viewer's time zone. The address has the instant, so that a shared view stays the same. */
export function TimeFilter({ value, onApply, ...props }: TextFilterProps) {
  const isInstant = !Number.isNaN(Date.parse(value));
  return (
    <TextFilter
      {...props}
      type="datetime-local"
      value={isInstant ? localOf(value) : ""}
      onApply={(local) => {
        onApply(instantOf(local) ?? "");
      }}
    />
  );
}
