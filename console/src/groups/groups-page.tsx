import { Skeleton } from "@mantine/core";
import type { ResultOf, VariablesOf } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { useViewer } from "../api/viewer.js";
import { Page } from "../components/page.js";
import { RecordLink } from "../components/record-link.js";
import { Money, Status, Time } from "../components/values.js";
import { ActiveFilters, activeCondition } from "../listing/active-filters.js";
import { type ListState, useListState } from "../listing/list-state.js";
import { type Column, ListTable } from "../listing/list-table.js";
import { countryOf } from "../shared/words.js";
import { CreateGroupButton } from "./create-group.js";
import { GROUPS, GROUP_SUMS } from "./group-documents.js";

type Group = ResultOf<typeof GROUPS>["pocketGroups"]["nodes"][number];
type Sums = ResultOf<typeof GROUP_SUMS>["pocketGroups"]["nodes"][number];

const SORT_FIELDS = ["NAME", "SLUG", "PHONE_NUMBER_REGION", "CREATED_AT", "UPDATED_AT"] as const;

function columnsWith(
  sumsOf: (id: string) => Sums | undefined,
): readonly Column<Group, (typeof SORT_FIELDS)[number]>[] {
  return [
    {
      name: "name",
      header: "Name",
      sortField: "NAME",
      cell: ({ slug, name }) => <RecordLink to={`/groups/${slug}`}>{name}</RecordLink>,
    },
    { name: "slug", header: "Slug", sortField: "SLUG", cell: ({ slug }) => slug },
    {
      name: "balance",
      header: "Sum of balances",
      isNumber: true,
      cell: ({ id }) => <Balance sums={sumsOf(id)} />,
    },
    {
      name: "pockets",
      header: "Pockets",
      isNumber: true,
      cell: ({ id }) => sumsOf(id)?.pockets.aggregate.count.toLocaleString() ?? <Waiting />,
    },
    { name: "currency", header: "Currency", cell: ({ currency }) => currency },
    {
      name: "status",
      header: "Status",
      cell: ({ isActive }) => <Status value={isActive ? "ACTIVE" : "INACTIVE"} />,
    },
    {
      name: "region",
      header: "Country of the phone numbers",
      sortField: "PHONE_NUMBER_REGION",
      isExtra: true,
      cell: ({ phoneNumberRegion }) => countryOf(phoneNumberRegion),
    },
    {
      name: "created",
      header: "Created",
      sortField: "CREATED_AT",
      isExtra: true,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
  ];
}

/** Operators see every group and may change them; merchants see the groups that they are granted. */
export default function GroupsPage() {
  const { isOperator } = useViewer();
  const state = useListState(SORT_FIELDS);
  const sort = state.sort && [state.sort];
  const variables = { ...state.page, sort, filter: filterOf(state) };
  const operation = useOperation(GROUPS, variables);
  const sums = useOperation(GROUP_SUMS, variables);
  const list = operation.data?.pocketGroups;
  const found = new Map(sums.data?.pocketGroups.nodes.map((group) => [group.id, group]));
  return (
    <Page
      title="Pocket groups"
      actions={isOperator && <CreateGroupButton onCreated={operation.reload} />}
    >
      <ActiveFilters
        label="Filters of groups"
        text={{ label: "Name or slug", name: "text" }}
        state={state}
      />
      <ListTable
        label="Pocket groups"
        columns={columnsWith((id) => found.get(id))}
        state={state}
        operation={operation}
        rows={list?.nodes}
        pageInfo={list?.pageInfo}
        totalCount={list?.totalCount}
        exported={{ list: "pocketGroups", filter: filterOf(state) }}
        empty={
          isOperator
            ? "No group matches. Create a group to give people pockets."
            : "No group matches. An operator grants groups to a merchant."
        }
      />
    </Page>
  );
}

function filterOf(
  state: Pick<ListState, "filter">,
): NonNullable<VariablesOf<typeof GROUPS>["filter"]> {
  const text = state.filter("text");
  return {
    ...(text === "" ? {} : { or: [{ name: { match: [text] } }, { slug: { match: [text] } }] }),
    ...activeCondition(state),
  };
}

function Balance({ sums }: { readonly sums: Sums | undefined }) {
  if (!sums) return <Waiting />;
  const { currency, currencyMinorUnits, pockets } = sums;
  return (
    <Money
      amount={pockets.aggregate.sum.balance ?? 0}
      currency={currency}
      minorUnits={currencyMinorUnits}
    />
  );
}

function Waiting() {
  return <Skeleton height={14} width={60} ms="auto" />;
}
