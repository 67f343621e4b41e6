import type { GraphQLSchema } from "graphql";
import type { Database } from "../database/database.js";
import type { EventStore } from "../events/event.store.js";
import type { EventReader } from "../events/event.reader.js";
import { StoredSelections } from "../graphql/stored-selections.js";
import { RecordLoader } from "../listing/loader.js";
import type { NodeService } from "../nodes/node.service.js";
import type { SealedColumns } from "../secrets/sealed-columns.js";
import { DOCUMENT_LIMITS } from "../shared/request-limits.js";
import type { SecretBox } from "../shared/secret-box.js";
import { sql } from "../database/sql.js";
import type { AllowedNetworks } from "../webhooks/receiver-address.js";
import { RedeliverWebhooks } from "../webhooks/redeliver-webhooks.service.js";
import {
  WebhookDeliveryGroupingResolver,
  WebhookDeliveryResolver,
} from "../webhooks/webhook-delivery.resolver.js";
import { MAX_BATCH_SIZE, WEBHOOK_DATA_SCOPES } from "../webhooks/webhook-endpoint.js";
import { WebhookEndpointResolver } from "../webhooks/webhook-endpoint.resolver.js";
import { WebhookEndpointService } from "../webhooks/webhook-endpoint.service.js";
import { WebhookEndpointStore } from "../webhooks/webhook-endpoint.store.js";
import { WebhookReader } from "../webhooks/webhook.reader.js";
