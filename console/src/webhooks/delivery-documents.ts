import { type ResultOf, type VariablesOf, graphql } from "../api/graphql.js";
import { EVENT_SHOWN } from "../overview/event-queries.js";

export const DELIVERIES = graphql(`
  query WebhookDeliveries(
    $filter: WebhookDeliveryFilter
    $sort: [WebhookDeliverySort!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    webhookDeliveries(
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
        eventId
        eventType
        subjectId
        status
        attempts
        responseStatus
        durationMs
        error
        nextAttemptAt
        createdAt
        updatedAt
      }
    }
  }
`);

export type Delivery = ResultOf<typeof DELIVERIES>["webhookDeliveries"]["nodes"][number];
export type DeliveryFilter = NonNullable<VariablesOf<typeof DELIVERIES>["filter"]>;
export type DeliveryStatus = Delivery["status"];

export const DELIVERY = graphql(
  `
    query WebhookDelivery($filter: WebhookDeliveryFilter) {
      webhookDeliveries(filter: $filter, first: 1) {
        nodes {
          id
          eventId
          eventType
          subjectId
          status
          attempts
          messageId
          responseStatus
          responseBody
          error
          durationMs
          nextAttemptAt
          createdAt
          updatedAt
          event {
            ...EventShown
            sequence
            previousSequence
            subject {
              __typename
            }
            data {
              __typename
              id
            }
          }
        }
      }
    }
  `,
  [EVENT_SHOWN],
);

export const REDELIVER = graphql(`
  mutation RedeliverWebhooks($input: RedeliverWebhooksInput!) {
    redeliverWebhooks(input: $input) {
      count
      nextAfter
      webhookEndpoint {
        id
        lastRedeliveryAt
      }
      userErrors {
        field
        message
      }
    }
  }
`);
