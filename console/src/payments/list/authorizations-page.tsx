import { type EnumOf, type ResultOf, type VariablesOf, graphql } from "../../api/graphql.js";
import { Money, Time } from "../../components/values.js";
import { wordsOf } from "../../shared/words.js";
import { AUTHORIZATIONS } from "../kinds.js";
import { AUTHORIZATION_TRANSITIONS, statusesOf } from "../transitions.js";
import { extra, textColumn } from "./columns.js";
import { chosen } from "./conditions.js";
import { type PaymentList, PaymentListPage } from "./payment-list-page.js";

const PAGE = graphql(`
  query PaymentAuthorizations(
    $filter: PaymentAuthorizationFilter
    $sort: [PaymentAuthorizationSort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    payments: paymentAuthorizations(
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
    payments: paymentAuthorizations(filter: $filter, first: 1) {
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

const STATUSES = statusesOf(AUTHORIZATION_TRANSITIONS);

const LIST: PaymentList<Row, EnumOf<"PaymentAuthorizationSortField">, Filter> = {
  kind: AUTHORIZATIONS,
  query: PAGE,
  totals: TOTALS,
  columns: [
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
  ],
  statuses: STATUSES,
  succeeded: ["SUCCEEDED", "CAPTURED"],
  filterOf: (state, shared) => {
    const statuses = chosen(state, "status", STATUSES);
    const reference = state.filter("q");
    return {
      ...shared,
      // Authorizations have no filter by the provider's id.
      ...(reference === "" ? {} : { reference: { match: [reference] } }),
      ...(statuses.length > 0 ? { status: { eq: statuses } } : {}),
    };
  },
};

export default function AuthorizationsPage() {
  return <PaymentListPage list={LIST} />;
}
