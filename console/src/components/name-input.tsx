import { TextInput, type TextInputProps } from "@mantine/core";

interface NameInputProps extends Omit<TextInputProps, "onChange"> {
  readonly onChange: (name: string) => void;
}

/** The name of a record, in any script. Dialogs begin with it. */
export function NameInput({ onChange, ...props }: NameInputProps) {
  return (
    <TextInput
      label="Name"
      dir="auto"
      required
      data-autofocus
      {...props}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
