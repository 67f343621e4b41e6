import { Button, Group as Row, Select, SimpleGrid, Stack } from "@mantine/core";
import { ChoiceFilter } from "../../listing/choice-filter.js";
import type { ListState } from "../../listing/list-state.js";
import { RecentButtons } from "../../listing/recent-buttons.js";
import { TextFilter, TimeFilter } from "../../listing/text-filter.js";
import { AmountFilter } from "../amount-filter.js";
import type { Group } from "../pocket-queries.js";
import { FILTER_NAMES, KINDS, currencyOf } from "./entry-conditions.js";

interface EntryFiltersProps {
  readonly groups: readonly Group[];
  readonly state: Pick<ListState, "filter" | "filterValues" | "setFilters">;
}

/** The filters of entries, which are in the address. */
export function EntryFilters({ groups, state }: EntryFiltersProps) {
  const { filter, filterValues, setFilters } = state;
  const currency = currencyOf(groups, filter("group"));
  const isFiltered = FILTER_NAMES.some((name) => filter(name) !== "");
  const text = (name: string) => ({
    value: filter(name),
    onApply: (value: string) => setFilters({ [name]: value }),
  });
  return (
    <Stack gap="xs" role="search" aria-label="Filters of entries">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
        <Select
          label="Pocket group"
          data={[
            { value: "", label: "Any" },
            ...groups.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
          value={filter("group")}
          allowDeselect={false}
          // Amounts mean something in one currency only.
          onChange={(group) => setFilters({ group: group ?? "", amountFrom: "", amountTo: "" })}
        />
        <ChoiceFilter
          label="Kind"
          choices={KINDS}
          values={filterValues("kind")}
          onApply={(kind) => setFilters({ kind })}
        />
        <TextFilter label="Phone number" inputMode="tel" autoComplete="off" {...text("phone")} />
        <TextFilter label="Reference" {...text("reference")} />
        <AmountFilter label="Amount from" name="amountFrom" {...{ state, currency }} />
        <AmountFilter label="Amount up to" name="amountTo" {...{ state, currency }} />
        <TimeFilter label="Created from" {...text("from")} />
        <TimeFilter label="Created to" isEnd {...text("to")} />
      </SimpleGrid>
      <Row gap="xs">
        <RecentButtons state={state} />
        {isFiltered && (
          <Button
            variant="subtle"
            size="xs"
            onClick={() => setFilters(Object.fromEntries(FILTER_NAMES.map((name) => [name, ""])))}
          >
            Clear filters
          </Button>
        )}
      </Row>
    </Stack>
  );
}
