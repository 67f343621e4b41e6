import { useState } from "react";
import { MoneyInput } from "../../components/money-input.js";
import { editableMoney, parseMoney } from "../../shared/money.js";
import { moneyText } from "../pocket-money.js";
import type { Group } from "../pocket-queries.js";

/** An amount as a person types it. */
export interface AmountState {
  readonly text: string;
  /** In minor units, above 0; null if the text is no such amount. */
  readonly amount: number | null;
  readonly setText: (text: string) => void;
}

/** @param initial in minor units. */
export function useAmount(group: Group, initial?: number): AmountState {
  const [text, setText] = useState(
    initial === undefined ? "" : editableMoney(initial, group.currencyMinorUnits),
  );
  const amount = parseMoney(text, group.currencyMinorUnits);
  return { text, setText, amount: amount === 0 ? null : amount };
}

interface AmountInputProps {
  readonly state: AmountState;
  readonly group: Group;
  /** The lower and upper limits, where there are any. */
  readonly min: number | null | undefined;
  readonly max: number | null | undefined;
  /** The server's refusal of the amount. */
  readonly error: string | undefined;
  readonly onChange: () => void;
}

/** Takes an amount as a decimal of the group's currency, in digits of any kind. */
export function AmountInput({ state, group, min, max, error, onChange }: AmountInputProps) {
  const isZero = parseMoney(state.text, group.currencyMinorUnits) === 0;
  return (
    <MoneyInput
      label="Amount"
      isFirst
      description={limitsOf(group, min ?? null, max ?? null)}
      currency={group.currency}
      minorUnits={group.currencyMinorUnits}
      text={state.text}
      error={isZero ? "The amount must be above 0." : error}
      onChange={(text) => {
        state.setText(text);
        onChange();
      }}
    />
  );
}

function limitsOf(group: Group, min: number | null, max: number | null): string | undefined {
  if (min !== null && max !== null) {
    return `From ${moneyText(min, group)} to ${moneyText(max, group)}`;
  }
  if (min !== null) return `At least ${moneyText(min, group)}`;
  return max === null ? undefined : `At most ${moneyText(max, group)}`;
}
