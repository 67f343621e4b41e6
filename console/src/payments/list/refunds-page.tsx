import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { type EnumOf, type ResultOf, type VariablesOf, graphql } from "../../api/graphql.js";
import { wordsOf } from "../../shared/words.js";
import { CHARGES, REFUNDS } from "../kinds.js";
import { REFUND_TRANSITIONS, statusesOf } from "../transitions.js";
import { extra, textColumn } from "./columns.js";
import { chosen, searchConditions } from "./conditions.js";
import { type PaymentList, PaymentListPage } from "./payment-list-page.js";

const PAGE = graphql(`
  query PaymentRefunds(
    $filter: PaymentRefundFilter
    $sort: [PaymentRefundSort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    payments: paymentRefunds(
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
    payments: paymentRefunds(filter: $filter, first: 1) {
      groupBy(keys: [CURRENCY, STATUS]) {
        key {
          currency
          currencyMinorUnits
          status
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

type Row = ResultOf<typeof PAGE>["payments"]["nodes"][number];
type Filter = NonNullable<VariablesOf<typeof PAGE>["filter"]>;

const STATUSES = statusesOf(REFUND_TRANSITIONS);

const LIST: PaymentList<Row, EnumOf<"PaymentRefundSortField">, Filter> = {
  kind: REFUNDS,
  query: PAGE,
  totals: TOTALS,
  columns: [
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
  ],
  statuses: STATUSES,
  succeeded: ["SUCCEEDED"],
  filterOf: (state, shared) => {
    const statuses = chosen(state, "status", STATUSES);
    const charge = state.filter("charge");
    return {
      ...shared,
      ...searchConditions(state),
      ...(statuses.length > 0 ? { status: { eq: statuses } } : {}),
      ...(charge === "" ? {} : { paymentChargeId: { eq: [charge] } }),
    };
  },
};

export default function RefundsPage() {
  return <PaymentListPage list={LIST} />;
}
