import { MultiSelect, SimpleGrid, TextInput } from "@mantine/core";
import { FilterText } from "../components/filter-text.js";
import type { ListState } from "../listing/list-state.js";
import { DELIVERY_STATUSES } from "./delivery-filter.js";
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
        data={DELIVERY_STATUSES}
        clearable
        clearButtonProps={{ "aria-label": "Clear the status" }}
        value={[...filterValues("status")]}
        onChange={(status) => setFilters({ status })}
      />
      <MultiSelect
        label="Event type"
        data={eventTypeOptions(() => true)}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "Clear the event type" }}
        value={[...filterValues("type")]}
        onChange={(type) => setFilters({ type })}
      />
      <FilterText
        label="Subject's id"
        placeholder="The id of a payment, pocket or order"
        value={filter("subject")}
        onChange={(subject) => setFilters({ subject })}
      />
      <TextInput
        label="Queued from"
        type="datetime-local"
        value={filter("from")}
        onChange={(event) => setFilters({ from: event.currentTarget.value })}
      />
      <TextInput
        label="Queued before"
        type="datetime-local"
        value={filter("to")}
        onChange={(event) => setFilters({ to: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}
