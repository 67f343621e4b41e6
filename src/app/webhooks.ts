import type { Database } from "../database/database.js";
import { StoredSelections } from "../graphql/execution/stored-selections.js";
import { RecordLoader } from "../listing/loader.js";
import type { NodeService } from "../nodes/node.service.js";
import { DOCUMENT_LIMITS } from "../shared/request-limits.js";
import type { SecretBox } from "../shared/secret-box.js";
import type { AllowedNetworks } from "../webhooks/receiver-address.js";
import { RedeliverWebhooks } from "../webhooks/redeliver-webhooks.service.js";
import {
  WebhookDeliveryGroupingResolver,
  WebhookDeliveryResolver,
} from "../webhooks/webhook-delivery.resolver.js";
import { MAX_BATCH_SIZE } from "../webhooks/webhook-endpoint.js";
import { WebhookEndpointResolver } from "../webhooks/webhook-endpoint.resolver.js";
import { WebhookEndpointService } from "../webhooks/webhook-endpoint.service.js";
import { WebhookEndpointStore } from "../webhooks/webhook-endpoint.store.js";
import { WEBHOOK_SECRET_COLUMNS } from "../webhooks/webhook-secret-columns.store.js";
import { WebhookReader } from "../webhooks/webhook.reader.js";
import type { Events } from "./events.js";

/** The whole schema, which is built when it is first needed. */
type LazySchema = ConstructorParameters<typeof StoredSelections>[0];

export interface WebhookOptions {
  /** The networks that may receive webhooks in addition to the internet, as CIDR blocks. */
  readonly allowedNetworks: AllowedNetworks;
  /** Whether clients may run only persisted documents. Endpoints then cannot be given a selection of their own. */
  readonly persistedOnly?: boolean | undefined;
}

/** Webhook endpoints and the deliveries of events to them. */
export function composeWebhooks(
  database: Database,
  box: SecretBox,
  events: Events,
  nodes: NodeService,
  schema: LazySchema,
  { allowedNetworks, persistedOnly = false }: WebhookOptions,
) {
  const store = new WebhookEndpointStore(database);
  const loader = new RecordLoader(store.findByIds.bind(store));
  const reader = new WebhookReader(database, loader);
  const selections = new StoredSelections(schema, {
    typeName: "Event",
    maxRows: MAX_BATCH_SIZE,
    closedNames: new Set(["providerSecret"]),
    limits: DOCUMENT_LIMITS,
  });
  const rules = { allowedNetworks, selections: persistedOnly ? null : selections };
  const endpoints = new WebhookEndpointService(store, events.store, box, rules);
  const redeliveries = new RedeliverWebhooks(database, store, {
    deliveries: reader.deliveries.definition,
    events: events.reader.events.definition,
  });
  return {
    services: { webhookEndpoints: endpoints },
    selections,
    readers: [reader.endpoints, reader.deliveries],
    secretColumns: WEBHOOK_SECRET_COLUMNS,
    resolvers: [
      new WebhookEndpointResolver(endpoints, reader),
      new WebhookDeliveryResolver(redeliveries, reader, loader, nodes),
      new WebhookDeliveryGroupingResolver(loader),
    ],
  };
}

export type Webhooks = ReturnType<typeof composeWebhooks>;
