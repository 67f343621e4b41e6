import type { VariablesOf } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { Page } from "../components/page.js";
import { RecordLink } from "../components/record-link.js";
import { Status, Time } from "../components/values.js";
import { ActiveFilters, activeCondition } from "../listing/active-filters.js";
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
      <ActiveFilters
        label="Filters of merchants"
        text={{ label: "Name", name: "name" }}
        state={state}
      />
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

function filterOf(
  state: Pick<ListState, "filter">,
): NonNullable<VariablesOf<typeof MERCHANTS>["filter"]> {
  const name = state.filter("name");
  return {
    ...(name === "" ? {} : { name: { match: [name] } }),
    ...activeCondition(state),
  };
}
