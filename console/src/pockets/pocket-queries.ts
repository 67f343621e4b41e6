import { type ResultOf, graphql } from "../api/graphql.js";

const GROUP_FIELDS = graphql(`
  fragment GroupFields on PocketGroup {
    id
    slug
    name
    currency
    currencyMinorUnits
    isActive
    minChargeAmount
    maxChargeAmount
    minDebitAmount
    maxDebitAmount
    maxPocketBalance
    reversalWindowHours
  }
`);

const ENTRY_FIELDS = graphql(`
  fragment EntryFields on PocketEntry {
    id
    token
    kind
    amount
    balanceAfter
    reversedAmount
    createdAt
    reference
    note
    metadata {
      key
      value
    }
    merchant {
      id
      name
    }
    reversalOf {
      token
      kind
      amount
    }
    reversals(first: 20) {
      nodes {
        token
        amount
      }
    }
    pocketHold {
      token
    }
  }
`);

const HOLD_FIELDS = graphql(`
  fragment HoldFields on PocketHold {
    id
    token
    status
    amount
    capturedAmount
    createdAt
    expiresAt
    closedAt
    reference
    note
    metadata {
      key
      value
    }
    merchant {
      id
      name
    }
  }
`);

/** The groups that the token sees, for choosing one. */
export const GROUPS = graphql(
  `
    query PocketGroups($filter: PocketGroupFilter) {
      pocketGroups(first: 100, filter: $filter, sort: [{ field: NAME }]) {
        pageInfo {
          hasNextPage
        }
        nodes {
          ...GroupFields
        }
      }
    }
  `,
  [GROUP_FIELDS],
);

/** Everything that a pocket's page shows, in one request, so that all of it is from one time. */
export const POCKET = graphql(
  `
    query Pocket(
      $slug: String!
      $phoneNumber: String!
      $from: DateTime!
      $to: DateTime!
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      pocketGroup(slug: $slug) {
        ...GroupFields
      }
      pocket(pocketGroupSlug: $slug, phoneNumber: $phoneNumber) {
        id
        phoneNumber
        balance
        available
        heldAmount
        freezeScope
        freezeReason
        createdAt
        updatedAt
        pocketHolds(
          first: 100
          filter: { status: { eq: [OPEN] } }
          sort: [{ field: EXPIRES_AT }, { field: CREATED_AT }]
        ) {
          totalCount
          nodes {
            ...HoldFields
          }
        }
        statement(from: $from, to: $to) {
          openingBalance
          closingBalance
          otherMerchantsSum
          totals {
            kind
            count
            sum
          }
          entries(first: $first, after: $after, last: $last, before: $before) {
            totalCount
            pageInfo {
              hasNextPage
              hasPreviousPage
              startCursor
              endCursor
            }
            nodes {
              ...EntryFields
            }
          }
        }
      }
    }
  `,
  [GROUP_FIELDS, ENTRY_FIELDS, HOLD_FIELDS],
);

/** What a token belongs to: an entry, a hold, or neither. */
export const MARKED = graphql(
  `
    query MarkedEntry($slug: String!, $token: UUID!) {
      pocketEntry(pocketGroupSlug: $slug, token: $token) {
        ...EntryFields
        phoneNumber
      }
      pocketHold(pocketGroupSlug: $slug, token: $token) {
        ...HoldFields
        phoneNumber
      }
    }
  `,
  [ENTRY_FIELDS, HOLD_FIELDS],
);

/** Reports every change of the pocket, by any merchant. */
export const POCKET_CHANGED = graphql(`
  subscription PocketChanged($slug: String!, $phoneNumber: String!) {
    pocketChanged(pocketGroupSlug: $slug, phoneNumber: $phoneNumber) {
      id
      balance
      available
      updatedAt
    }
  }
`);

export type Group = ResultOf<typeof GROUP_FIELDS>;
export type Entry = ResultOf<typeof ENTRY_FIELDS>;
export type Hold = ResultOf<typeof HOLD_FIELDS>;
export type Pocket = NonNullable<ResultOf<typeof POCKET>["pocket"]>;
export type Statement = Pocket["statement"];
export type Freeze = Pocket["freezeScope"];
