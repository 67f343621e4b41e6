import { useViewer } from "../../api/viewer.js";
import { ChoiceFilter, OneFilter } from "../../listing/choice-filter.js";
import { FoldedFilters } from "../../listing/folded-filters.js";
import type { ListState } from "../../listing/list-state.js";
import { RecentButtons } from "../../listing/recent-buttons.js";
import { TextFilter, TimeFilter } from "../../listing/text-filter.js";
import { parseMoney } from "../../shared/money.js";
import { timeZone } from "../../shared/time.js";
import { CHARGE_MODES, FILTER_NAMES, PROVIDERS } from "./conditions.js";
import type { ListConditions } from "./use-conditions.js";

interface PaymentFiltersProps {
  readonly state: Pick<ListState, "filter" | "filterValues" | "setFilters">;
  readonly statuses: readonly string[];
  readonly hasModes: boolean;
  readonly conditions: ListConditions;
}

const SHOWN_NAMES = ["q", "status", "currency"];

/** The filters of a list. */
export function PaymentFilters({ state, statuses, hasModes, conditions }: PaymentFiltersProps) {
  return (
    <FoldedFilters
      state={state}
      names={FILTER_NAMES}
      shownNames={SHOWN_NAMES}
      rare={<RareFilters {...{ state, hasModes, conditions }} />}
    >
      <ChoiceFilter
        label="Status"
        choices={statuses}
        values={state.filterValues("status")}
        onApply={(status) => state.setFilters({ status })}
      />
      <OneFilter
        label="Currency"
        choices={conditions.currencies}
        value={state.filter("currency")}
        onApply={(currency) => state.setFilters({ currency, amountFrom: "", amountTo: "" })}
      />
    </FoldedFilters>
  );
}

function RareFilters({ state, hasModes, conditions }: Omit<PaymentFiltersProps, "statuses">) {
  const text = (name: string) => ({
    value: state.filter(name),
    onApply: (value: string) => state.setFilters({ [name]: value }),
  });
  const choice = (name: string) => ({
    description: "\u00A0",
    values: state.filterValues(name),
    onApply: (values: readonly string[]) => state.setFilters({ [name]: values }),
  });
  return (
    <>
      <TextFilter
        label="Customer"
        placeholder="Name, e-mail or reference"
        description={conditions.customerNote ?? "\u00A0"}
        {...text("customer")}
      />
      <TextFilter
        label="Order"
        placeholder="Number or reference"
        description={conditions.orderNote ?? "\u00A0"}
        {...text("order")}
      />
      <AmountFilter name="amountFrom" label="Total from" {...{ state, conditions }} />
      <AmountFilter name="amountTo" label="Total to" {...{ state, conditions }} />
      <TimeFilter label="Created from" description={`In ${timeZone}`} {...text("from")} />
      <TimeFilter label="Created to" isEnd description={`In ${timeZone}`} {...text("to")} />
      <ChoiceFilter label="Provider" choices={PROVIDERS} {...choice("provider")} />
      {hasModes && <ChoiceFilter label="Mode" choices={CHARGE_MODES} {...choice("mode")} />}
      <RecentButtons state={state} />
    </>
  );
}

interface AmountFilterProps extends Pick<PaymentFiltersProps, "state" | "conditions"> {
  readonly name: string;
  readonly label: string;
}

/** An amount means something in one currency only: without one, that of the merchant is selected with it. */
function AmountFilter({ name, label, state, conditions }: AmountFilterProps) {
  const { merchant } = useViewer();
  const selected = state.filter("currency");
  const currency = selected || (merchant?.defaultCurrency ?? "");
  const note = selected === "" ? `In ${currency}. Selects this currency.` : `In ${currency}`;
  const value = state.filter(name);
  const { minorUnits } = conditions;
  const isWrong =
    value !== "" && minorUnits !== undefined && parseMoney(value, minorUnits) === null;
  return (
    <TextFilter
      label={label}
      description={currency === "" ? "\u00A0" : note}
      inputMode="decimal"
      value={value}
      error={isWrong ? `Enter an amount in ${currency}, such as 12.` : undefined}
      onApply={(amount) => state.setFilters({ [name]: amount, ...(amount ? { currency } : {}) })}
    />
  );
}
