import { type EnumOf, type ResultOf, type VariablesOf, graphql } from "../../api/graphql.js";
import { wordsOf } from "../../shared/words.js";
import { CHARGES } from "../kinds.js";
import { CHARGE_TRANSITIONS, statusesOf } from "../transitions.js";
import { amountColumn, extra, textColumn } from "./columns.js";
import { CHARGE_MODES, chosen, searchConditions } from "./conditions.js";
import { type PaymentList, PaymentListPage } from "./payment-list-page.js";

const PAGE = graphql(`
  query PaymentCharges(
    $filter: PaymentChargeFilter
    $sort: [PaymentChargeSort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    payments: paymentCharges(
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
    payments: paymentCharges(filter: $filter, first: 1) {
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
            totalRefundedInCents
          }
        }
      }
    }
  }
`);

type Row = ResultOf<typeof PAGE>["payments"]["nodes"][number];
type Filter = NonNullable<VariablesOf<typeof PAGE>["filter"]>;

const STATUSES = statusesOf(CHARGE_TRANSITIONS);

const LIST: PaymentList<Row, EnumOf<"PaymentChargeSortField">, Filter> = {
  kind: CHARGES,
  query: PAGE,
  totals: TOTALS,
  columns: [
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
  ],
  statuses: STATUSES,
  succeeded: ["SUCCEEDED"],
  hasModes: true,
  filterOf: (state, shared) => {
    const statuses = chosen(state, "status", STATUSES);
    const modes = chosen(state, "mode", CHARGE_MODES);
    return {
      ...shared,
      ...searchConditions(state),
      ...(statuses.length > 0 ? { status: { eq: statuses } } : {}),
      ...(modes.length > 0 ? { mode: { eq: modes } } : {}),
    };
  },
};

export default function ChargesPage() {
  return <PaymentListPage list={LIST} />;
}
