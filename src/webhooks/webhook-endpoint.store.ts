import type { Database } from "../database/database.js";
import type { NewRow } from "../database/models.js";
import { type Sql, sql } from "../database/sql.js";
import type { Audit } from "../records/audit.js";
import { findOwnRecord, findRecords } from "../records/find-record.js";
import { changeRecord, createLimitedRecord, removeRecord } from "../records/write-record.js";
import type { Instant } from "../shared/instant.js";
import { MAX_ENDPOINTS } from "./webhook-endpoint.js";
import { type WebhookEndpoint, webhookEndpointRecord } from "./webhook-endpoint.record.js";

/** The key of an endpoint. */
export type EndpointKey = Pick<WebhookEndpoint, "merchantId" | "id">;

/** The changed values of an endpoint. */
export type EndpointChanges = Partial<Omit<NewRow<"WebhookEndpoint">, "merchantId" | "id">>;

/** Whether the receiver may work again after the changes. */
export function isRestart({ url, isEnabled }: EndpointChanges): boolean {
  return url !== undefined || isEnabled === true;
}

export class WebhookEndpointStore {
  constructor(private readonly database: Database) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<WebhookEndpoint[]> {
    return findRecords(this.database, webhookEndpointRecord, { merchantId, id: { in: [...ids] } });
  }

  find({ merchantId, id }: EndpointKey): Promise<WebhookEndpoint | null> {
    return findOwnRecord(this.database, webhookEndpointRecord, merchantId, id);
  }

  /** @returns null if the merchant has the maximum number of endpoints. */
  insert(endpoint: NewRow<"WebhookEndpoint">, audit: Audit): Promise<WebhookEndpoint | null> {
    return createLimitedRecord(
      this.database,
      webhookEndpointRecord,
      MAX_ENDPOINTS,
      endpoint,
      audit,
    );
  }

  /**
   * See `changeRecord`.
   *
   * @param also the statements about the endpoint's deliveries.
   */
  change(
    { merchantId, id }: EndpointKey,
    decide: (endpoint: WebhookEndpoint, now: Instant) => EndpointChanges,
    audit: Audit,
    also?: (changes: EndpointChanges) => readonly Sql[],
  ): Promise<WebhookEndpoint | null> {
    const key = { merchantId, id };
    return changeRecord(this.database, webhookEndpointRecord, key, decide, audit, also);
  }

  /** Like `change`. If the receiver may work again, what it has refused so far is sent at once, and for three days. */
  restart(
    key: EndpointKey,
    decide: (endpoint: WebhookEndpoint) => EndpointChanges,
    audit: Audit,
  ): Promise<WebhookEndpoint | null> {
    const { merchantId, id } = key;
    const sendPending = sql`
      update webhook_deliveries
      set attempts = 0, updated_at = statement_timestamp(),
          next_attempt_at = case when next_attempt_at is not null then statement_timestamp() end
      where merchant_id = ${merchantId}::uuid and endpoint_id = ${id}::uuid and status = 'PENDING' and attempts > 0
        and (leased_until is null or leased_until < statement_timestamp())`;
    return this.change(key, decide, audit, (changes) => (isRestart(changes) ? [sendPending] : []));
  }

  /**
   * Deletes an endpoint and cancels its pending deliveries.
   *
   * @returns the endpoint as it was; null if the merchant has none with this id.
   */
  remove({ merchantId, id }: EndpointKey, audit: Audit): Promise<WebhookEndpoint | null> {
    const cancel = sql`
      update webhook_deliveries
      set status = 'CANCELED', next_attempt_at = null, leased_until = null, updated_at = statement_timestamp()
      where merchant_id = ${merchantId}::uuid and endpoint_id = ${id}::uuid and status = 'PENDING'`;
    const key = { merchantId, id };
    return removeRecord(this.database, webhookEndpointRecord, key, audit, [cancel]);
  }
}
