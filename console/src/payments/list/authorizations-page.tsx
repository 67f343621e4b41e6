import { type ResultOf, graphql } from "../../api/graphql.js";
import { useOperation } from "../../api/use-operation.js";
import { Money, Time } from "../../components/values.js";
import { type Column, ListTable } from "../../listing/list-table.js";
import { useListState } from "../../listing/list-state.js";
import { wordsOf } from "../../shared/words.js";
import { AUTHORIZATIONS } from "../kinds.js";
import { AUTHORIZATION_TRANSITIONS, statusesOf } from "../transitions.js";
import { createdColumn, extra, sharedColumns, textColumn, updatedColumn } from "./columns.js";
import { chosen } from "./conditions.js";
import { NothingFound } from "./nothing-found.js";
import { PaymentFilters } from "./payment-filters.js";
import { PaymentListPage } from "./payment-list-page.js";
import { PaymentTotals, countOf } from "./payment-totals.js";
import { useConditions, waitingFor } from "./use-conditions.js";

const LIST = graphql(`
  query PaymentAuthorizations(
    $filter: PaymentAuthorizationFilter
    $sort: [PaymentAuthorizationSort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    paymentAuthorizations(
      filter: $filter
      sort: $sort
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      nodes {
        id
        createdAt
        updatedAt
        status
        mode
        provider
        providerId
        providerMethod
        reference
        description
        currency
        currencyMinorUnits
        totalInCents
        totalCapturedInCents
        captureBefore
        customer {
          id
          name
        }
        order {
          id
          number
        }
        employee {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

const TOTALS = graphql(`
  query TotalsOfPaymentAuthorizations($filter: PaymentAuthorizationFilter) {
    paymentAuthorizations(filter: $filter, first: 1) {
      groupBy(keys: [CURRENCY]) {
        key {
          currency
          currencyMinorUnits
        }
        aggregate {
          count
          sum {
            totalInCents
          }
        }
      }
    }
  }
`);

type Row = ResultOf<typeof LIST>["paymentAuthorizations"]["nodes"][number];

const SORT_FIELDS = [
  ...(["CREATED_AT", "UPDATED_AT", "CAPTURE_BEFORE"] as const),
  ...(["STATUS", "REFERENCE", "TOTAL_IN_CENTS"] as const),
];
type Field = (typeof SORT_FIELDS)[number];

const STATUSES = statusesOf(AUTHORIZATION_TRANSITIONS);

const COLUMNS: readonly Column<Row, Field>[] = [
  createdColumn(AUTHORIZATIONS),
  ...sharedColumns<Row>(),
  {
    name: "captured",
    header: "Captured",
    isNumber: true,
    cell: ({ totalCapturedInCents, currency, currencyMinorUnits }) => (
      <Money amount={totalCapturedInCents} currency={currency} minorUnits={currencyMinorUnits} />
    ),
  },
  {
    name: "captureBefore",
    header: "Capture before",
    sortField: "CAPTURE_BEFORE",
    cell: ({ captureBefore }) => captureBefore !== null && <Time at={captureBefore} />,
  },
  textColumn("reference", "Reference", (row) => row.reference, "REFERENCE"),
  textColumn("provider", "Provider", (row) => wordsOf(row.provider)),
  extra(textColumn("mode", "Mode", (row) => wordsOf(row.mode))),
  extra(textColumn("providerId", "Provider's id", (row) => row.providerId)),
  extra(textColumn("method", "Method", (row) => row.providerMethod)),
  extra(textColumn("description", "Description", (row) => row.description)),
  extra(textColumn("employee", "Employee", (row) => row.employee?.name ?? null)),
  extra(updatedColumn()),
];

export default function AuthorizationsPage() {
  const state = useListState(SORT_FIELDS);
  const conditions = useConditions(state);
  const statuses = chosen(state, "status", STATUSES);
  const reference = state.filter("q");
  const filter = {
    ...conditions.shared,
    // Authorizations have no filter by the provider's id.
    ...(reference === "" ? {} : { reference: { match: [reference] } }),
    ...(statuses.length > 0 ? { status: { eq: statuses } } : {}),
  };
  const sort = state.sort && [state.sort];
  const pause = { pause: conditions.isWaiting };
  const list = useOperation(LIST, { filter, sort, ...state.page }, pause);
  const totals = waitingFor(useOperation(TOTALS, { filter }, pause), conditions);
  const groups = totals.data?.paymentAuthorizations.groupBy;
  return (
    <PaymentListPage kind={AUTHORIZATIONS}>
      <PaymentFilters state={state} statuses={STATUSES} conditions={conditions} />
      <PaymentTotals
        operation={totals}
        totals={groups}
        noun="authorization"
        isOfAnyStatus={statuses.length === 0}
      />
      <ListTable
        label="Authorizations"
        columns={COLUMNS}
        state={state}
        operation={waitingFor(list, conditions)}
        rows={list.data?.paymentAuthorizations.nodes}
        pageInfo={list.data?.paymentAuthorizations.pageInfo}
        totalCount={totals.isStale ? undefined : countOf(groups)}
        exported={{ list: "paymentAuthorizations", filter }}
        empty={
          <NothingFound
            state={state}
            kind={AUTHORIZATIONS}
            noun="authorization"
            searched="id or reference"
          />
        }
      />
    </PaymentListPage>
  );
}
