import { type ResultOf, graphql } from "../api/graphql.js";

export const GROUPS = graphql(`
  query PocketGroups(
    $filter: PocketGroupFilter
    $sort: [PocketGroupSort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    pocketGroups(
      filter: $filter
      sort: $sort
      first: $first
      after: $after
      last: $last
      before: $before
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
        slug
        name
        currency
        isActive
        phoneNumberRegion
        createdAt
        updatedAt
      }
    }
  }
`);

/** Adds up every pocket of the groups, so it is a query of its own: the list is there before it. */
export const GROUP_SUMS = graphql(`
  query PocketGroupSums(
    $filter: PocketGroupFilter
    $sort: [PocketGroupSort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    pocketGroups(
      filter: $filter
      sort: $sort
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      nodes {
        id
        currency
        currencyMinorUnits
        pockets {
          aggregate {
            count
            sum {
              balance
            }
          }
        }
      }
    }
  }
`);

export const GROUP = graphql(`
  query PocketGroup($slug: String!) {
    pocketGroup(slug: $slug) {
      id
      slug
      name
      currency
      currencyMinorUnits
      isActive
      phoneNumberRegion
      hasUniqueReferences
      reversalWindowHours
      timeZone
      minChargeAmount
      maxChargeAmount
      minDebitAmount
      maxDebitAmount
      maxPocketBalance
      periodLimits {
        kind
        measure
        period
        hours
        limit
      }
      createdAt
      updatedAt
    }
  }
`);

export type PocketGroup = NonNullable<ResultOf<typeof GROUP>["pocketGroup"]>;
export type PeriodLimit = PocketGroup["periodLimits"][number];

export const GROUP_SUM = graphql(`
  query PocketGroupSum($slug: String!) {
    pocketGroup(slug: $slug) {
      id
      currency
      currencyMinorUnits
      pockets {
        aggregate {
          count
          sum {
            balance
            available
            heldAmount
          }
        }
      }
    }
  }
`);

export const GROUP_MERCHANTS = graphql(`
  query PocketGroupMerchants($slug: String!, $page: PageInput) {
    pocketGroup(slug: $slug) {
      id
      merchants(page: $page) {
        id
        name
        isActive
      }
    }
  }
`);

export const CREATE_GROUP = graphql(`
  mutation CreatePocketGroup($input: CreatePocketGroupInput!) {
    createPocketGroup(input: $input) {
      pocketGroup {
        id
        slug
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const UPDATE_GROUP = graphql(`
  mutation UpdatePocketGroup($slug: String!, $input: UpdatePocketGroupInput!) {
    updatePocketGroup(slug: $slug, input: $input) {
      pocketGroup {
        id
        updatedAt
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const GRANT_GROUP = graphql(`
  mutation GrantPocketGroup($slug: String!, $merchantId: ID!) {
    grantPocketGroup(slug: $slug, merchantId: $merchantId) {
      pocketGroup {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const REVOKE_GROUP = graphql(`
  mutation RevokePocketGroup($slug: String!, $merchantId: ID!) {
    revokePocketGroup(slug: $slug, merchantId: $merchantId) {
      pocketGroup {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`);
