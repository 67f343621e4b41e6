import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { type ResultOf, graphql } from "../../api/graphql.js";
import { useOperation } from "../../api/use-operation.js";
import { type Column, ListTable } from "../../listing/list-table.js";
import { useListState } from "../../listing/list-state.js";
import { wordsOf } from "../../shared/words.js";
import { CHARGES, REFUNDS } from "../kinds.js";
import { REFUND_TRANSITIONS, statusesOf } from "../transitions.js";
import { createdColumn, extra, sharedColumns, textColumn, updatedColumn } from "./columns.js";
import { chosen, searchConditions } from "./conditions.js";
import { NothingFound } from "./nothing-found.js";
import { PaymentFilters } from "./payment-filters.js";
import { PaymentListPage } from "./payment-list-page.js";
import { PaymentTotals, countOf } from "./payment-totals.js";
import { useConditions, waitingFor } from "./use-conditions.js";

const LIST = graphql(`
  query PaymentRefunds(
    $filter: PaymentRefundFilter
    $sort: [PaymentRefundSort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    paymentRefunds(
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
        succeededAt
        status
        provider
        providerId
        reference
        reason
        failureReason
        paymentChargeId
        currency
        currencyMinorUnits
        totalInCents
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
  query TotalsOfPaymentRefunds($filter: PaymentRefundFilter) {
    paymentRefunds(filter: $filter, first: 1) {
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

type Row = ResultOf<typeof LIST>["paymentRefunds"]["nodes"][number];

const SORT_FIELDS = [
  ...(["CREATED_AT", "UPDATED_AT", "SUCCEEDED_AT"] as const),
  ...(["STATUS", "REFERENCE", "TOTAL_IN_CENTS"] as const),
];
type Field = (typeof SORT_FIELDS)[number];

const STATUSES = statusesOf(REFUND_TRANSITIONS);

const COLUMNS: readonly Column<Row, Field>[] = [
  createdColumn(REFUNDS),
  ...sharedColumns<Row>(),
  textColumn("reason", "Reason", (row) => row.reason),
  textColumn("reference", "Reference", (row) => row.reference, "REFERENCE"),
  textColumn("provider", "Provider", (row) => wordsOf(row.provider)),
  {
    name: "charge",
    header: "Charge",
    cell: ({ paymentChargeId }) =>
      paymentChargeId !== null && (
        <Anchor component={Link} href={CHARGES.of(paymentChargeId)} size="sm">
          Open
        </Anchor>
      ),
  },
  extra(textColumn("failure", "Reason of failure", (row) => row.failureReason)),
  extra(textColumn("providerId", "Provider's id", (row) => row.providerId)),
  extra(textColumn("employee", "Employee", (row) => row.employee?.name ?? null)),
  extra(updatedColumn()),
];

export default function RefundsPage() {
  const state = useListState(SORT_FIELDS);
  const conditions = useConditions(state);
  const statuses = chosen(state, "status", STATUSES);
  const charge = state.filter("charge");
  const filter = {
    ...conditions.shared,
    ...searchConditions(state),
    ...(statuses.length > 0 ? { status: { eq: statuses } } : {}),
    ...(charge === "" ? {} : { paymentChargeId: { eq: [charge] } }),
  };
  const sort = state.sort && [state.sort];
  const pause = { pause: conditions.isWaiting };
  const list = useOperation(LIST, { filter, sort, ...state.page }, pause);
  const totals = waitingFor(useOperation(TOTALS, { filter }, pause), conditions);
  const groups = totals.data?.paymentRefunds.groupBy;
  return (
    <PaymentListPage kind={REFUNDS}>
      <PaymentFilters state={state} statuses={STATUSES} conditions={conditions} />
      <PaymentTotals
        operation={totals}
        totals={groups}
        noun="refund"
        isOfAnyStatus={statuses.length === 0}
      />
      <ListTable
        label="Refunds"
        columns={COLUMNS}
        state={state}
        operation={waitingFor(list, conditions)}
        rows={list.data?.paymentRefunds.nodes}
        pageInfo={list.data?.paymentRefunds.pageInfo}
        totalCount={totals.isStale ? undefined : countOf(groups)}
        exported={{ list: "paymentRefunds", filter }}
        empty={
          <NothingFound
            state={state}
            kind={REFUNDS}
            noun="refund"
            searched="id, reference or provider's id"
          />
        }
      />
    </PaymentListPage>
  );
}
