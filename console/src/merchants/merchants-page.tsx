import { Select, SimpleGrid } from "@mantine/core";
import type { VariablesOf } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { TextFilter } from "../listing/text-filter.js";
import { Page } from "../components/page.js";
import { RecordLink } from "../components/record-link.js";
import { Status, Time } from "../components/values.js";
import { type ListState, useListState } from "../listing/list-state.js";
import { type Column, ListTable } from "../listing/list-table.js";
import { CreateMerchantButton } from "./create-merchant.js";
import { MERCHANTS, type Merchant } from "./merchant-documents.js";

const SORT_FIELDS = ["NAME", "CREATED_AT", "UPDATED_AT"] as const;

const COLUMNS: readonly Column<Merchant, (typeof SORT_FIELDS)[number]>[] = [
  {
    name: "name",
    header: "Name",
    sortField: "NAME",
    cell: ({ id, name }) => <RecordLink to={`/merchants/${id}`}>{name}</RecordLink>,
  },
  {
    name: "currency",
    header: "Default currency",
    cell: ({ defaultCurrency }) => defaultCurrency,
  },
  {
    name: "status",
    header: "Status",
    cell: ({ isActive }) => <Status value={isActive ? "ACTIVE" : "INACTIVE"} />,
  },
  {
    name: "created",
    header: "Created",
    sortField: "CREATED_AT",
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  {
    name: "updated",
    header: "Last change",
    sortField: "UPDATED_AT",
    isExtra: true,
    cell: ({ updatedAt }) => <Time at={updatedAt} />,
  },
];

/** The tenants of the platform, for operators. */
export default function MerchantsPage() {
  const state = useListState(SORT_FIELDS);
  const sort = state.sort && [state.sort];
  const operation = useOperation(MERCHANTS, { ...state.page, sort, filter: filterOf(state) });
  const list = operation.data?.merchants;
  return (
    <Page title="Merchants" actions={<CreateMerchantButton onCreated={operation.reload} />}>
      <Filters state={state} />
      <ListTable
        label="Merchants"
        columns={COLUMNS}
        state={state}
        operation={operation}
        rows={list?.nodes}
        pageInfo={list?.pageInfo}
        totalCount={list?.totalCount}
        exported={{ list: "merchants", filter: filterOf(state) }}
        empty="No merchant matches. Create a merchant, and give it tokens and pocket groups."
      />
    </Page>
  );
}

type FilterState = Pick<ListState, "filter" | "setFilters">;

const STATUSES = [
  { value: "active", label: "Active" },
  { value: "inactive", label: "Inactive" },
];

function Filters({ state: { filter, setFilters } }: { readonly state: FilterState }) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} maw={560} role="search" aria-label="Filters of merchants">
      <TextFilter
        label="Name"
        dir="auto"
        value={filter("name")}
        onApply={(name) => setFilters({ name })}
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

function filterOf({ filter }: FilterState): NonNullable<VariablesOf<typeof MERCHANTS>["filter"]> {
  const name = filter("name");
  const status = filter("status");
  return {
    ...(name === "" ? {} : { name: { match: [name] } }),
    ...(status === "" ? {} : { isActive: { eq: status === "active" } }),
  };
}
