import type { ListState } from "../listing/list-state.js";
import { TextFilter } from "../listing/text-filter.js";
import { parseMoney } from "../shared/money.js";
import type { Group } from "./pocket-queries.js";

interface AmountFilterProps {
  readonly label: string;
  /** The name in the address. */
  readonly name: string;
  readonly state: Pick<ListState, "filter" | "setFilters">;
  /** In whose currency the amount is typed; null if the filter cannot be used before a group is chosen. */
  readonly currency: Pick<Group, "currency" | "currencyMinorUnits"> | null;
}

/** An amount in the currency of a pocket group. */
export function AmountFilter({ label, name, state, currency }: AmountFilterProps) {
  const value = state.filter(name);
  const isWrong =
    value !== "" && currency !== null && parseMoney(value, currency.currencyMinorUnits) === null;
  return (
    <TextFilter
      label={label}
      inputMode="decimal"
      autoComplete="off"
      disabled={currency === null}
      {...(currency === null ? { placeholder: "Select a pocket group first" } : {})}
      value={value}
      error={isWrong ? `Enter an amount in ${currency.currency}.` : undefined}
      onApply={(text) => state.setFilters({ [name]: text })}
    />
  );
}
