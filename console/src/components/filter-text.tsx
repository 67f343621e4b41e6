import { CloseButton, TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";

interface FilterTextProps extends Omit<TextInputProps, "value" | "onChange"> {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A text to filter by. It applies with the Enter key or when the field is left, not at each letter. */
export function FilterText({ value, onChange, ...input }: FilterTextProps) {
  const [typed, setTyped] = useState({ text: value, for: value });
  // The browser's back button changes the value, too.
  const text = typed.for === value ? typed.text : value;
  const apply = (given: string): void => {
    if (given !== value) onChange(given);
  };
  return (
    <TextInput
      {...input}
      value={text}
      rightSection={
        text === "" ? null : (
          <CloseButton
            size="sm"
            aria-label="Clear"
            onClick={() => {
              setTyped({ text: "", for: value });
              apply("");
            }}
          />
        )
      }
      onChange={(event) => {
        setTyped({ text: event.currentTarget.value, for: value });
      }}
      onBlur={() => {
        apply(text.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") apply(text.trim());
      }}
    />
  );
}
