import { Text, TextInput, type TextInputProps } from "@mantine/core";
import { decimalOf, parseMoney } from "../shared/money.js";

interface AmountInputProps extends Omit<TextInputProps, "value" | "onChange"> {
  /** What the person typed: a decimal of the currency. */
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly currency: string;
  readonly minorUnits: number | null;
}

/** An amount of a currency, with at most its decimals. Persian digits work, too. */
export function AmountInput(props: AmountInputProps) {
  const { value, onChange, currency, minorUnits, error, ...input } = props;
  const isWrong = value.trim() !== "" && parseMoney(value, minorUnits) === null;
  return (
    <TextInput
      {...input}
      inputMode="decimal"
      autoComplete="off"
      value={value}
      error={isWrong ? `Enter an amount such as ${exampleOf(minorUnits)}.` : error}
      rightSection={
        <Text size="xs" c="dimmed" aria-hidden>
          {currency}
        </Text>
      }
      rightSectionWidth={48}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function exampleOf(minorUnits: number | null): string {
  return decimalOf(12 * 10 ** (minorUnits ?? 0), minorUnits);
}
