import { MultiSelect, Select } from "@mantine/core";
import { wordsOf } from "../shared/words.js";

interface ChoiceFilterProps {
  readonly label: string;
  readonly description?: string;
  readonly choices: readonly string[];
  readonly values: readonly string[];
  readonly onApply: (values: readonly string[]) => void;
}

/** Any number of values of an enum. */
export function ChoiceFilter({ choices, values, onApply, ...props }: ChoiceFilterProps) {
  return (
    <MultiSelect
      {...props}
      placeholder={values.length === 0 ? "Any" : ""}
      data={choices.map((value) => ({ value, label: wordsOf(value) }))}
      value={choices.filter((choice) => values.includes(choice))}
      onChange={onApply}
    />
  );
}

interface OneFilterProps {
  readonly label: string;
  readonly choices: readonly string[];
  /** A choice in words. Without it, the choices are shown as they are. */
  readonly labelOf?: (choice: string) => string;
  readonly value: string;
  readonly onApply: (value: string) => void;
}

/** One value, such as a currency, or any. */
export function OneFilter({ label, choices, labelOf, value, onApply }: OneFilterProps) {
  const known = value === "" || choices.includes(value) ? choices : [...choices, value];
  return (
    <Select
      label={label}
      data={[
        { value: "", label: "Any" },
        ...known.map((choice) => ({ value: choice, label: labelOf?.(choice) ?? choice })),
      ]}
      value={value}
      allowDeselect={false}
      onChange={(choice) => {
        onApply(choice ?? "");
      }}
    />
  );
}
