import { type ResultOf, graphql } from "../api/graphql.js";

export const AUDIT_ENTRIES = graphql(`
  query AuditEntries(
    $filter: AuditEntryFilter
    $sort: [AuditEntrySort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    auditEntries(
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
        actor
        operation
        recordType
        recordId
        merchantId
        tokenPrefix
        employeeId
        address
        requestId
        userAgent
        changes {
          field
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

export type AuditRow = ResultOf<typeof AUDIT_ENTRIES>["auditEntries"]["nodes"][number];

export const AUDIT_ENTRY = graphql(`
  query AuditEntry($id: ID!) {
    auditEntries(filter: { id: { eq: [$id] } }, first: 1) {
      nodes {
        id
        createdAt
        actor
        operation
        recordType
        recordId
        merchantId
        tokenId
        tokenPrefix
        employeeId
        address
        requestId
        userAgent
        changes {
          field
          from
          to
        }
      }
    }
  }
`);

export type AuditEntry = ResultOf<typeof AUDIT_ENTRY>["auditEntries"]["nodes"][number];

/** The names of the merchants on a page of the audit trail. */
export const MERCHANT_NAMES = graphql(`
  query MerchantNames($ids: [ID!]!) {
    merchants(filter: { id: { eq: $ids } }, first: 100) {
      nodes {
        id
        name
      }
    }
  }
`);

/** The merchants that a filter's text means. */
export const MERCHANTS_NAMED = graphql(`
  query MerchantsNamed($name: String!) {
    merchants(filter: { name: { match: [$name] } }, first: 100) {
      nodes {
        id
      }
    }
  }
`);

/** What the console needs for a link to a changed record. */
export const CHANGED_RECORD = graphql(`
  query ChangedRecord($id: ID!) {
    node(id: $id) {
      __typename
      ... on Merchant {
        name
      }
      ... on PocketGroup {
        slug
        name
      }
      ... on Pocket {
        phoneNumber
        pocketGroup {
          slug
        }
      }
    }
  }
`);
