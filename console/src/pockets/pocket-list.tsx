import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { type ResultOf, type VariablesOf, graphql } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { Time } from "../components/values.js";
import type { ListState } from "../listing/list-state.js";
import { type Column, ListTable } from "../listing/list-table.js";
import { FREEZES } from "./freeze.js";
import { PocketMoney } from "./pocket-money.js";
import type { Group } from "./pocket-queries.js";
import { pocketAddress } from "./search/find-pocket.js";

const POCKETS = graphql(`
  query Pockets(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: PocketFilter
    $sort: [PocketSort!]
  ) {
    pockets(
      first: $first
      after: $after
      last: $last
      before: $before
      filter: $filter
      sort: $sort
    ) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        phoneNumber
        balance
        available
        heldAmount
        freezeScope
        createdAt
        updatedAt
      }
    }
  }
`);

type Row = ResultOf<typeof POCKETS>["pockets"]["nodes"][number];
export type PocketFilter = NonNullable<VariablesOf<typeof POCKETS>["filter"]>;

export const SORT_FIELDS = [
  "PHONE_NUMBER",
  "BALANCE",
  "AVAILABLE",
  "CREATED_AT",
  "UPDATED_AT",
] as const;
export type SortField = (typeof SORT_FIELDS)[number];

interface PocketListProps {
  readonly group: Group;
  readonly state: ListState<SortField>;
  readonly filter: PocketFilter;
}

/** The pockets of a group. */
export function PocketList({ group, state, filter }: PocketListProps) {
  const all = { pocketGroupSlug: { eql: [group.slug] }, ...filter };
  const operation = useOperation(POCKETS, {
    ...state.page,
    filter: all,
    sort: state.sort ? [state.sort] : null,
  });
  const pockets = operation.data?.pockets;
  return (
    <ListTable
      label={`Pockets of ${group.name}`}
      columns={columnsOf(group)}
      state={state}
      operation={operation}
      rows={pockets?.nodes}
      pageInfo={pockets?.pageInfo}
      totalCount={pockets?.totalCount}
      exported={{ list: "pockets", filter: all }}
      empty={emptyOf(filter)}
    />
  );
}

/** What to do if no pocket matches. */
function emptyOf({ balance, isFrozen, heldAmount }: PocketFilter): string {
  if (balance) return "No pocket of the group matches. Change or clear the filters.";
  if (isFrozen) return "No pocket of the group is frozen.";
  if (heldAmount) return "No pocket of the group has an open hold.";
  return "The group has no pockets. The first charge of a number creates its pocket.";
}

function columnsOf(group: Group): readonly Column<Row, SortField>[] {
  const money = (amount: number) => <PocketMoney amount={amount} group={group} />;
  return [
    {
      name: "phoneNumber",
      header: "Phone number",
      sortField: "PHONE_NUMBER",
      cell: ({ phoneNumber }) => (
        <Anchor component={Link} href={pocketAddress(group.slug, phoneNumber)} inherit>
          <bdi>{phoneNumber}</bdi>
        </Anchor>
      ),
    },
    {
      ...{ name: "balance", header: "Balance", sortField: "BALANCE", isNumber: true },
      cell: ({ balance }) => money(balance),
    },
    {
      ...{ name: "available", header: "Available", sortField: "AVAILABLE", isNumber: true },
      cell: ({ available }) => money(available),
    },
    {
      ...{ name: "held", header: "Held", isNumber: true },
      cell: ({ heldAmount }) => money(heldAmount),
    },
    {
      ...{ name: "freeze", header: "Freeze" },
      cell: ({ freezeScope }) => FREEZES[freezeScope],
    },
    {
      ...{ name: "created", header: "Created", sortField: "CREATED_AT" },
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      ...{ name: "updated", header: "Last changed", sortField: "UPDATED_AT", isExtra: true },
      cell: ({ updatedAt }) => <Time at={updatedAt} />,
    },
  ];
}
