import { graphql } from "../api/graphql.js";

export const ENDPOINTS = graphql(`
  query WebhookEndpoints(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $sort: [WebhookEndpointSort!]
  ) {
    webhookEndpoints(first: $first, after: $after, last: $last, before: $before, sort: $sort) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        url
        description
        types
        isEnabled
        disabledReason
        failingSince
        lastDeliveredAt
        createdAt
      }
    }
  }
`);

export const ENDPOINT = graphql(`
  query WebhookEndpoint($id: ID!) {
    webhookEndpoint(id: $id) {
      id
      url
      description
      types
      batchSize
      dataSelection
      isEnabled
      disabledReason
      failingSince
      lastDeliveredAt
      lastTestedAt
      lastRedeliveryAt
      previousSecretExpiresAt
      createdAt
    }
  }
`);

export const CREATE_ENDPOINT = graphql(`
  mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) {
      secret
      webhookEndpoint {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const UPDATE_ENDPOINT = graphql(`
  mutation UpdateWebhookEndpoint($id: ID!, $input: UpdateWebhookEndpointInput!) {
    updateWebhookEndpoint(id: $id, input: $input) {
      webhookEndpoint {
        id
        isEnabled
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const DELETE_ENDPOINT = graphql(`
  mutation DeleteWebhookEndpoint($id: ID!) {
    deleteWebhookEndpoint(id: $id) {
      userErrors {
        field
        message
      }
    }
  }
`);

export const ROTATE_SECRET = graphql(`
  mutation RotateWebhookSecret($id: ID!) {
    rotateWebhookSecret(id: $id) {
      secret
      webhookEndpoint {
        id
        previousSecretExpiresAt
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export const SEND_TEST = graphql(`
  mutation SendTestEvent($id: ID!) {
    sendTestEvent(webhookEndpointId: $id) {
      eventId
      webhookEndpoint {
        id
        lastTestedAt
      }
      userErrors {
        field
        message
      }
    }
  }
`);
