import { TextInput, type TextInputProps } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import { instantOf, localOf } from "../shared/time.js";

/** How long after the last key press a text is applied. */
const DELAY_MS = 500;

interface TextFilterProps extends Omit<TextInputProps, "value" | "onChange"> {
  readonly label: string;
  /** The applied value, which is in the address. */
  readonly value: string;
  readonly onApply: (text: string) => void;
}

/** The text of an input. It follows the applied value when that changes otherwise, such as by "Clear filters". */
export function useDraft(value: string): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    // Spaces around the applied text are kept: the person may still be typing.
    if (text.trim() !== value) setText(value);
  }
  return [text, setText];
}

/** A text that is applied when the person stops typing, presses Enter or leaves the field. */
export function TextFilter({ value, onApply, ...props }: TextFilterProps) {
  const [text, setText] = useDraft(value);
  const apply = (): void => {
    if (text.trim() !== value) onApply(text.trim());
  };
  const applyLater = useDebouncedCallback(apply, DELAY_MS);
  return (
    <TextInput
      size="sm"
      dir="auto"
      {...props}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        // A date without its year has no value yet.
        if (currentTarget.validity.badInput) applyLater.cancel();
        else applyLater();
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
        if (local === "" || hasWholeYear(local)) onApply(instantOf(local) ?? "");
      }}
    />
  );
}

/** While 2026 is typed, the input's year is 2, then 20, then 202. */
function hasWholeYear(local: string): boolean {
  return /^\d{4}-/.test(local) && local >= "1900";
}
