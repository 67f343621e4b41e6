import { type ResultOf, graphql } from "../api/graphql.js";

export const EVENT_SHOWN = graphql(`
  fragment EventShown on Event {
    id
    type
    createdAt
    cursor
    data {
      __typename
      ... on PocketEntry {
        phoneNumber
        amount
        reference
        pocketGroup {
          slug
          name
          currency
          currencyMinorUnits
        }
      }
      ... on PocketHold {
        phoneNumber
        amount
        pocketGroup {
          slug
          name
          currency
          currencyMinorUnits
        }
      }
      ... on Pocket {
        phoneNumber
        pocketGroup {
          slug
          name
        }
      }
      ... on PaymentCharge {
        id
        totalInCents
        currency
        currencyMinorUnits
      }
      ... on PaymentRefund {
        id
        totalInCents
        currency
        currencyMinorUnits
      }
      ... on PaymentAuthorization {
        id
        totalInCents
        currency
        currencyMinorUnits
      }
      ... on Customer {
        customerName: name
      }
      ... on Order {
        orderNumber: number
      }
      ... on PaymentMethod {
        label
      }
      ... on WebhookEndpoint {
        url
      }
    }
  }
`);

export type EventShown = ResultOf<typeof EVENT_SHOWN>;

/** The last events, the oldest first. */
export const LAST_EVENTS = graphql(
  `
    query LastEvents($last: Int!) {
      events(last: $last) {
        nodes {
          ...EventShown
        }
        pageInfo {
          endCursor
        }
      }
    }
  `,
  [EVENT_SHOWN],
);

/** Every event after the cursor, as it happens. */
export const EVENTS = graphql(
  `
    subscription Events($after: String) {
      events(after: $after) {
        ...EventShown
      }
    }
  `,
  [EVENT_SHOWN],
);
