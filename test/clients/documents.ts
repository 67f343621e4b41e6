import { graphql } from "../../examples/client/graphql.js";

/** Payment charges from the smallest, in pages of two. */
export const LIST = graphql(`
  query List($filter: PaymentChargeFilter, $after: String) {
    paymentCharges(filter: $filter, sort: [{ field: TOTAL_IN_CENTS }], first: 2, after: $after) {
      totalCount
      edges {
        node {
          id
          totalInCents
          status
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** Two parts of one aggregate, which two parts of a page may request. */
export const COUNT = graphql(`
  query Count {
    paymentCharges {
      aggregate {
        count
      }
    }
    viewer {
      scopes
    }
  }
`);
export const SUM = graphql(`
  query Sum {
    paymentCharges {
      aggregate {
        sum {
          totalInCents
        }
      }
    }
    viewer {
      merchant {
        id
      }
    }
  }
`);

export const POCKET = graphql(`
  query Pocket($pocketGroupSlug: String!, $phoneNumber: String!) {
    pocket(pocketGroupSlug: $pocketGroupSlug, phoneNumber: $phoneNumber) {
      id
      balance
    }
  }
`);

export const CHARGE = graphql(`
  mutation Charge($input: ChargePocketsInput!) {
    chargePockets(input: $input) {
      results {
        code
        pocketCharge {
          id
          balanceAfter
          pocket {
            id
            balance
          }
        }
      }
    }
  }
`);

export const CREATE = graphql(`
  mutation Create($input: CreatePaymentChargeInput!) {
    createPaymentCharge(input: $input) {
      paymentCharge {
        id
      }
      userErrors {
        code
        field
      }
    }
  }
`);

export const START = graphql(`
  mutation Start($id: ID!) {
    updatePaymentCharge(id: $id, input: { status: STARTED }) {
      paymentCharge {
        id
        status
      }
    }
  }
`);
