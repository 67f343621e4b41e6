import { newId } from "../../src/shared/uuid.js";
import type { TestMerchant, TestServer } from "./server.js";

export interface WebhookEndpoint {
  id: string;
  url: string;
  description: string | null;
  types: string[];
  dataSelection: string | null;
  batchSize: number;
  isEnabled: boolean;
  disabledReason: string | null;
  failingSince: string | null;
  previousSecretExpiresAt: string | null;
  lastTestedAt: string | null;
  lastRedeliveryAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface WebhookDelivery {
  id: string;
  eventId: string;
  eventType: string;
  subjectId: string;
  status: string;
  attempts: number;
  messageId: string | null;
  responseStatus: number | null;
  responseBody: string | null;
  error: string | null;
  durationMs: number | null;
  nextAttemptAt: string | null;
  endpoint: { id: string } | null;
}

interface UserErrors {
  userErrors: { code: string; field: string[]; message: string }[];
}
export type EndpointOutcome = { webhookEndpoint: WebhookEndpoint | null } & UserErrors;
export type SecretOutcome = EndpointOutcome & { secret: string | null };
export type TestOutcome = EndpointOutcome & { eventId: string | null };
export type RedeliveryOutcome = EndpointOutcome & { count: number; nextAfter: string | null };

export const ENDPOINT_FIELDS = `id url description types dataSelection batchSize isEnabled disabledReason failingSince
  previousSecretExpiresAt lastTestedAt lastRedeliveryAt createdAt updatedAt`;
export const DELIVERY_FIELDS = `id eventId eventType subjectId status attempts messageId responseStatus responseBody
  error durationMs nextAttemptAt endpoint { id }`;
const ERRORS = "userErrors { code field message }";

/** A host on the internet that does not exist (RFC 2606). */
export const RECEIVER_URL = "https://receiver.invalid/webhooks";

type Input = Record<string, unknown>;

export async function createEndpoint(
  server: TestServer,
  token: string,
  input: Input = {},
): Promise<SecretOutcome> {
  const data = await server.ask<{ createWebhookEndpoint: SecretOutcome }>(
    token,
    `mutation ($input: CreateWebhookEndpointInput!) {
      createWebhookEndpoint(input: $input) { webhookEndpoint { ${ENDPOINT_FIELDS} } secret ${ERRORS} }
    }`,
    { input: { url: RECEIVER_URL, ...input } },
  );
  return data.createWebhookEndpoint;
}

/** An endpoint that was created. */
export async function newEndpoint(
  server: TestServer,
  token: string,
  input: Input = {},
): Promise<WebhookEndpoint & { secret: string }> {
  const { webhookEndpoint, secret, userErrors } = await createEndpoint(server, token, input);
  if (webhookEndpoint === null || secret === null)
    throw new Error(`refused: ${JSON.stringify(userErrors)}`);
  return { ...webhookEndpoint, secret };
}

export async function updateEndpoint(
  server: TestServer,
  token: string,
  id: string,
  input: Input,
): Promise<EndpointOutcome> {
  const data = await server.ask<{ updateWebhookEndpoint: EndpointOutcome }>(
    token,
    `mutation ($id: ID!, $input: UpdateWebhookEndpointInput!) {
      updateWebhookEndpoint(id: $id, input: $input) { webhookEndpoint { ${ENDPOINT_FIELDS} } ${ERRORS} }
    }`,
    { id, input },
  );
  return data.updateWebhookEndpoint;
}

export async function deleteEndpoint(
  server: TestServer,
  token: string,
  id: string,
): Promise<EndpointOutcome> {
  const data = await server.ask<{ deleteWebhookEndpoint: EndpointOutcome }>(
    token,
    `mutation ($id: ID!) {
      deleteWebhookEndpoint(id: $id) { webhookEndpoint { ${ENDPOINT_FIELDS} } ${ERRORS} }
    }`,
    { id },
  );
  return data.deleteWebhookEndpoint;
}

export async function rotateSecret(
  server: TestServer,
  token: string,
  id: string,
): Promise<SecretOutcome> {
  const data = await server.ask<{ rotateWebhookSecret: SecretOutcome }>(
    token,
    `mutation ($id: ID!) {
      rotateWebhookSecret(id: $id) { webhookEndpoint { ${ENDPOINT_FIELDS} } secret ${ERRORS} }
    }`,
    { id },
  );
  return data.rotateWebhookSecret;
}

export async function sendTestEvent(
  server: TestServer,
  token: string,
  id: string,
): Promise<TestOutcome> {
  const data = await server.ask<{ sendTestEvent: TestOutcome }>(
    token,
    `mutation ($id: ID!) {
      sendTestEvent(webhookEndpointId: $id) { webhookEndpoint { ${ENDPOINT_FIELDS} } eventId ${ERRORS} }
    }`,
    { id },
  );
  return data.sendTestEvent;
}

export const REDELIVER = `mutation ($input: RedeliverWebhooksInput!) {
  redeliverWebhooks(input: $input) { webhookEndpoint { ${ENDPOINT_FIELDS} } count nextAfter ${ERRORS} }
}`;

export async function redeliver(
  server: TestServer,
  token: string,
  input: Input,
): Promise<RedeliveryOutcome> {
  const data = await server.ask<{ redeliverWebhooks: RedeliveryOutcome }>(token, REDELIVER, {
    input,
  });
  return data.redeliverWebhooks;
}

export async function findEndpoint(
  server: TestServer,
  token: string,
  id: string,
): Promise<WebhookEndpoint | null> {
  const data = await server.ask<{ webhookEndpoint: WebhookEndpoint | null }>(
    token,
    `query ($id: ID!) { webhookEndpoint(id: $id) { ${ENDPOINT_FIELDS} } }`,
    { id },
  );
  return data.webhookEndpoint;
}

/** All deliveries that match, those of earlier events first. */
export async function listDeliveries(
  server: TestServer,
  token: string,
  filter: Input = {},
): Promise<WebhookDelivery[]> {
  const data = await server.ask<{ webhookDeliveries: { nodes: WebhookDelivery[] } }>(
    token,
    `query ($filter: WebhookDeliveryFilter) {
      webhookDeliveries(filter: $filter, first: 100, sort: [{ field: CREATED_AT }]) {
        nodes { ${DELIVERY_FIELDS} }
      }
    }`,
    { filter },
  );
  return data.webhookDeliveries.nodes;
}

/** The columns of a delivery that differ from those of one that is about to be sent. */
type StoredDelivery = Record<string, unknown>;

/** Stores a delivery as the queue does. @returns its id. */
export async function storeDelivery(
  server: TestServer,
  { id: merchantId }: Pick<TestMerchant, "id">,
  endpointId: string,
  stored: StoredDelivery = {},
): Promise<string> {
  const isPending = stored["status"] === undefined || stored["status"] === "PENDING";
  const columns = {
    merchant_id: merchantId,
    id: newId(),
    endpoint_id: endpointId,
    event_id: newId(),
    event_type: "CUSTOMER_CREATED",
    subject_id: newId(),
    position: 1,
    sequence: 1,
    next_attempt_at: isPending ? new Date() : null,
    ...stored,
  };
  const names = Object.keys(columns);
  await server.database.pool.query(
    `insert into webhook_deliveries (${names.join(", ")})
     values (${names.map((_, index) => `$${String(index + 1)}`).join(", ")})`,
    Object.values(columns),
  );
  return columns.id;
}
