import { MultiSelect, SimpleGrid } from "@mantine/core";
import { TextFilter, TimeFilter } from "../listing/text-filter.js";
import type { ListState } from "../listing/list-state.js";
import { DELIVERY_STATUSES, SUBJECT_ID } from "./delivery-filter.js";
import { eventTypeOptions } from "./event-types.js";

/** The filters of deliveries, which are in the address. */
export function DeliveryFilters({
  state,
}: {
  readonly state: Pick<ListState, "filter" | "filterValues" | "setFilters">;
}) {
  const { filter, filterValues, setFilters } = state;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} role="search" aria-label="Filters of deliveries">
      <MultiSelect
        label="Status"
        description="Pending: waiting or retrying. Failed: given up after three days."
        inputWrapperOrder={["label", "input", "description", "error"]}
        data={DELIVERY_STATUSES}
        clearable
        clearButtonProps={{ "aria-label": "Clear the status" }}
        placeholder={filterValues("status").length === 0 ? "Any" : ""}
        value={[...filterValues("status")]}
        onChange={(status) => setFilters({ status })}
      />
      <MultiSelect
        label="Event type"
        data={eventTypeOptions(() => true)}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "Clear the event type" }}
        placeholder={filterValues("type").length === 0 ? "Any" : ""}
        value={[...filterValues("type")]}
        onChange={(type) => setFilters({ type })}
      />
      <TextFilter
        label={SUBJECT_ID}
        value={filter("subject")}
        onApply={(subject) => setFilters({ subject })}
      />
      <TimeFilter
        label="Queued from"
        value={filter("from")}
        onApply={(from) => setFilters({ from })}
      />
      <TimeFilter
        label="Queued to"
        isEnd
        value={filter("to")}
        onApply={(to) => setFilters({ to })}
      />
    </SimpleGrid>
  );
}
