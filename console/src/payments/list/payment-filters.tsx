import { Button, Collapse, Group, SimpleGrid, Stack } from "@mantine/core";
import { useState } from "react";
import { useViewer } from "../../api/viewer.js";
import { ChoiceFilter, OneFilter } from "../../listing/choice-filter.js";
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

/** The filters of a list. Those that are used less are shown on request, or when the address has one of them. */
export function PaymentFilters({ state, statuses, hasModes, conditions }: PaymentFiltersProps) {
  const names = FILTER_NAMES.filter((name) => state.filter(name) !== "");
  const hasRare = names.some((name) => !["q", "status", "currency"].includes(name));
  const [isOpen, setOpen] = useState(hasRare);
  const [hadRare, setHadRare] = useState(hasRare);
  if (hadRare !== hasRare) {
    setHadRare(hasRare);
    if (hasRare) setOpen(true);
  }
  const clear = (): void => state.setFilters(Object.fromEntries(names.map((name) => [name, ""])));
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
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
        <Group gap="xs" align="end">
          <Button
            variant="default"
            aria-expanded={isOpen}
            onClick={() => {
              setOpen(!isOpen);
            }}
          >
            {isOpen ? "Fewer filters" : "More filters"}
          </Button>
          {names.length > 0 && (
            <Button variant="subtle" onClick={clear}>
              Clear filters
            </Button>
          )}
        </Group>
      </SimpleGrid>
      <Collapse expanded={isOpen}>
        <Stack gap="xs">
          <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
            <RareFilters state={state} hasModes={hasModes} conditions={conditions} />
          </SimpleGrid>
          <RecentButtons state={state} />
        </Stack>
      </Collapse>
    </Stack>
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
      <AmountFilter name="amountFrom" label="Amount from" {...{ state, conditions }} />
      <AmountFilter name="amountTo" label="Amount to" {...{ state, conditions }} />
      <TimeFilter label="Created from" description={`In ${timeZone}`} {...text("from")} />
      <TimeFilter label="Created to" isEnd description={`In ${timeZone}`} {...text("to")} />
      <ChoiceFilter label="Provider" choices={PROVIDERS} {...choice("provider")} />
      {hasModes && <ChoiceFilter label="Mode" choices={CHARGE_MODES} {...choice("mode")} />}
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
  const currency = state.filter("currency") || (merchant?.defaultCurrency ?? "");
  const value = state.filter(name);
  const { minorUnits } = conditions;
  const isWrong =
    value !== "" && minorUnits !== undefined && parseMoney(value, minorUnits) === null;
  return (
    <TextFilter
      label={label}
      description={currency === "" ? "\u00A0" : `In ${currency}`}
      inputMode="decimal"
      value={value}
      error={isWrong ? `Enter an amount in ${currency}, such as 12.` : undefined}
      onApply={(amount) => state.setFilters({ [name]: amount, ...(amount ? { currency } : {}) })}
    />
  );
}
