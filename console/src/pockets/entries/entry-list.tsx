import { type ResultOf, type VariablesOf, graphql } from "../../api/graphql.js";
import { useOperation } from "../../api/use-operation.js";
import type { ListState } from "../../listing/list-state.js";
import { ListTable } from "../../listing/list-table.js";
import { COLUMNS, type SortField } from "./entry-columns.js";

const ENTRIES = graphql(`
  query PocketEntries(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: PocketEntryFilter
    $sort: [PocketEntrySort!]
  ) {
    pocketEntries(
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
        token
        kind
        phoneNumber
        amount
        balanceAfter
        createdAt
        reference
        note
        pocketGroup {
          slug
          name
          currency
          currencyMinorUnits
        }
        merchant {
          id
          name
        }
        reversalOf {
          kind
        }
        pocketHold {
          id
        }
      }
    }
  }
`);

export type EntryRow = ResultOf<typeof ENTRIES>["pocketEntries"]["nodes"][number];
export type EntryFilter = NonNullable<VariablesOf<typeof ENTRIES>["filter"]>;

interface EntryListProps {
  readonly state: ListState<SortField>;
  readonly filter: EntryFilter;
}

/** Entries of any pockets, the newest first. */
export function EntryList({ state, filter }: EntryListProps) {
  const operation = useOperation(ENTRIES, {
    ...state.page,
    filter,
    sort: state.sort ? [state.sort] : null,
  });
  const entries = operation.data?.pocketEntries;
  return (
    <ListTable
      label="Entries"
      columns={COLUMNS}
      state={state}
      operation={operation}
      rows={entries?.nodes}
      pageInfo={entries?.pageInfo}
      totalCount={entries?.totalCount}
      exported={{ list: "pocketEntries", filter }}
      empty="No entry matches the filters. Change or clear them."
    />
  );
}
