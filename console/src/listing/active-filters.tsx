import { Select, SimpleGrid } from "@mantine/core";
import type { ListState } from "./list-state.js";
import { TextFilter } from "./text-filter.js";

const STATUSES = [
  { value: "active", label: "Active" },
  { value: "inactive", label: "Inactive" },
];

interface ActiveFiltersProps {
  /** What the filters belong to, for screen readers: "Filters of groups". */
  readonly label: string;
  /** What the text searches: "Name or slug". Its name in the address is `name`. */
  readonly text: { readonly label: string; readonly name: string };
  readonly state: Pick<ListState, "filter" | "setFilters">;
}

/** The filters of records that an operator can deactivate. */
export function ActiveFilters({ label, text, state }: ActiveFiltersProps) {
  const { filter, setFilters } = state;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} maw={560} role="search" aria-label={label}>
      <TextFilter
        label={text.label}
        value={filter(text.name)}
        onApply={(value) => setFilters({ [text.name]: value })}
      />
      <Select
        label="Status"
        placeholder="Any"
        data={STATUSES}
        clearable
        clearButtonProps={{ "aria-label": "Clear the status" }}
        value={filter("status") || null}
        onChange={(status) => setFilters({ status: status ?? "" })}
      />
    </SimpleGrid>
  );
}

export function activeCondition({ filter }: Pick<ListState, "filter">) {
  const status = filter("status");
  return status === "" ? {} : { isActive: { eq: status === "active" } };
}
