import { type ResultOf, graphql } from "../../api/graphql.js";
import { useOperation } from "../../api/use-operation.js";
import { type Column, ListTable } from "../../listing/list-table.js";
import { useListState } from "../../listing/list-state.js";
import { wordsOf } from "../../shared/words.js";
import { CHARGES } from "../kinds.js";
import { CHARGE_TRANSITIONS, statusesOf } from "../transitions.js";
import {
  amountColumn,
  createdColumn,
  extra,
  sharedColumns,
  textColumn,
  updatedColumn,
} from "./columns.js";
import { CHARGE_MODES, chosen, searchConditions } from "./conditions.js";
import { NothingFound } from "./nothing-found.js";
import { PaymentFilters } from "./payment-filters.js";
import { PaymentListPage } from "./payment-list-page.js";
import { PaymentTotals, countOf } from "./payment-totals.js";
import { useConditions, waitingFor } from "./use-conditions.js";

const LIST = graphql(`
  query PaymentCharges(
    $filter: PaymentChargeFilter
    $sort: [PaymentChargeSort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    paymentCharges(
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
        mode
        provider
        providerId
        providerMethod
        reference
        description
        currency
        currencyMinorUnits
        totalInCents
        depositInCents
        totalRefundedInCents
        totalRefundableInCents
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
  query TotalsOfPaymentCharges($filter: PaymentChargeFilter) {
    paymentCharges(filter: $filter, first: 1) {
      groupBy(keys: [CURRENCY]) {
        key {
          currency
          currencyMinorUnits
        }
        aggregate {
          count
          sum {
            totalInCents
            totalRefundedInCents
          }
        }
      }
    }
  }
`);

type Row = ResultOf<typeof LIST>["paymentCharges"]["nodes"][number];

const SORT_FIELDS = [
  ...(["CREATED_AT", "UPDATED_AT", "SUCCEEDED_AT", "STATUS", "MODE", "PROVIDER"] as const),
  ...(["PROVIDER_ID", "REFERENCE", "TOTAL_IN_CENTS", "TOTAL_REFUNDED_IN_CENTS"] as const),
  ...(["DEPOSIT_IN_CENTS", "TOTAL_REFUNDABLE_IN_CENTS"] as const),
];
type Field = (typeof SORT_FIELDS)[number];

const STATUSES = statusesOf(CHARGE_TRANSITIONS);

const COLUMNS: readonly Column<Row, Field>[] = [
  createdColumn(CHARGES),
  ...sharedColumns<Row>(),
  amountColumn(
    "refunded",
    "Refunded",
    "TOTAL_REFUNDED_IN_CENTS",
    (row) => row.totalRefundedInCents,
  ),
  textColumn("reference", "Reference", (row) => row.reference, "REFERENCE"),
  textColumn("provider", "Provider", (row) => wordsOf(row.provider), "PROVIDER"),
  textColumn("mode", "Mode", (row) => wordsOf(row.mode), "MODE"),
  extra(amountColumn("deposit", "Deposit", "DEPOSIT_IN_CENTS", (row) => row.depositInCents)),
  extra(
    amountColumn("refundable", "Refundable", "TOTAL_REFUNDABLE_IN_CENTS", (row) => {
      return row.totalRefundableInCents;
    }),
  ),
  extra(textColumn("providerId", "Provider's id", (row) => row.providerId, "PROVIDER_ID")),
  extra(textColumn("method", "Method", (row) => row.providerMethod)),
  extra(textColumn("description", "Description", (row) => row.description)),
  extra(textColumn("employee", "Employee", (row) => row.employee?.name ?? null)),
  extra(updatedColumn()),
];

export default function ChargesPage() {
  const state = useListState(SORT_FIELDS);
  const conditions = useConditions(state);
  const statuses = chosen(state, "status", STATUSES);
  const modes = chosen(state, "mode", CHARGE_MODES);
  const filter = {
    ...conditions.shared,
    ...searchConditions(state),
    ...(statuses.length > 0 ? { status: { eq: statuses } } : {}),
    ...(modes.length > 0 ? { mode: { eq: modes } } : {}),
  };
  const sort = state.sort && [state.sort];
  const pause = { pause: conditions.isWaiting };
  const list = useOperation(LIST, { filter, sort, ...state.page }, pause);
  const totals = waitingFor(useOperation(TOTALS, { filter }, pause), conditions);
  const groups = totals.data?.paymentCharges.groupBy;
  return (
    <PaymentListPage kind={CHARGES}>
      <PaymentFilters state={state} statuses={STATUSES} hasModes conditions={conditions} />
      <PaymentTotals
        operation={totals}
        totals={groups}
        noun="charge"
        isOfAnyStatus={statuses.length === 0}
      />
      <ListTable
        label="Charges"
        columns={COLUMNS}
        state={state}
        operation={waitingFor(list, conditions)}
        rows={list.data?.paymentCharges.nodes}
        pageInfo={list.data?.paymentCharges.pageInfo}
        totalCount={totals.isStale ? undefined : countOf(groups)}
        exported={{ list: "paymentCharges", filter }}
        empty={
          <NothingFound
            state={state}
            kind={CHARGES}
            noun="charge"
            searched="id, reference or provider's id"
          />
        }
      />
    </PaymentListPage>
  );
}
