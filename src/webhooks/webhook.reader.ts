import { type Caller, requireMerchant } from "../callers/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { sql } from "../database/sql.js";
import { ListReader } from "../listing/list-reader.js";
import type { RecordLoader } from "../listing/loader.js";
import { byColumn } from "../listing/parent.js";
import { rowsWith } from "../listing/visible.js";
import { webhookDeliveryRecord } from "./webhook-delivery.record.js";
import { webhookDeliveryListTypes } from "./webhook-delivery.type.js";
import { type WebhookEndpoint, webhookEndpointRecord } from "./webhook-endpoint.record.js";
import { webhookEndpointListTypes } from "./webhook-endpoint.type.js";

const endpointListDefinition = {
  record: webhookEndpointRecord,
  visibleTo: (caller: Caller) =>
    rowsWith(sql`webhook_endpoints.merchant_id`, requireMerchant(caller).merchantId),
  scopes: ["WEBHOOKS_WRITE"],
  parents: {},
} as const;

const deliveryListDefinition = {
  record: webhookDeliveryRecord,
  visibleTo: (caller: Caller) =>
    rowsWith(sql`webhook_deliveries.merchant_id`, requireMerchant(caller).merchantId),
  scopes: ["WEBHOOKS_WRITE"],
  parents: { endpoint: byColumn(sql`webhook_deliveries.endpoint_id`) },
} as const;

/** The lists of a merchant's webhook endpoints and of their deliveries. */
export class WebhookReader {
  readonly endpoints;
  readonly deliveries;

  constructor(source: ReadSource, loader: RecordLoader<WebhookEndpoint>) {
    this.endpoints = new ListReader(
      source,
      endpointListDefinition,
      webhookEndpointListTypes,
      (context, rows) => {
        loader.prime(context, rows);
      },
    );
    this.deliveries = new ListReader(source, deliveryListDefinition, webhookDeliveryListTypes);
  }
}
