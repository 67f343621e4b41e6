import { Text, TextInput, type TextInputProps } from "@mantine/core";
import type { ReactNode } from "react";
import { editableMoney, parseMoney } from "../shared/money.js";

interface MoneyInputProps extends Pick<TextInputProps, "placeholder" | "size" | "w"> {
  readonly label: string;
  readonly currency: string;
  readonly minorUnits: number | null;
  /** What was typed, in any digits that `parseMoney` takes. */
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly description?: ReactNode;
  /** Why the amount is refused. Without it, the input says what is wrong with a text that is no amount. */
  readonly error?: string | undefined;
  /** Whether a dialog begins with this field. */
  readonly isFirst?: boolean;
}

/** An amount as a decimal in the digits of its currency. */
export function MoneyInput(props: MoneyInputProps) {
  const { currency, minorUnits, text, onChange, error, isFirst, ...input } = props;
  const isAmount = text.trim() === "" || parseMoney(text, minorUnits) !== null;
  return (
    <TextInput
      {...input}
      inputMode="decimal"
      autoComplete="off"
      {...(isFirst ? { "data-autofocus": true } : {})}
      value={text}
      error={isAmount ? error : wrongAmount(currency, minorUnits)}
      rightSection={
        <Text size="sm" c="dimmed" aria-hidden>
          {currency}
        </Text>
      }
      rightSectionWidth={56}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
    />
  );
}

function wrongAmount(currency: string, minorUnits: number | null): string {
  const digits = minorUnits ?? 0;
  const example = editableMoney(12 * 10 ** digits, minorUnits);
  const decimals = digits === 0 ? "without decimals" : `with at most ${String(digits)} decimals`;
  return `Enter an amount in ${currency} ${decimals}, such as ${example}.`;
}
