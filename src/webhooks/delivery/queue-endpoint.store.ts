import { byKey } from "../../database/by-key.js";
import { execute, readRows } from "../../database/database.js";
import { type RowIn, column, rowOf } from "../../database/row.js";
import { sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import type { EventCursor } from "../../events/event-cursor.js";
import type { EventType } from "../../events/event-type.js";
import type { EndpointKey } from "./webhook-attempt.js";

/** The fields of an endpoint that delivering needs, and the database's time. */
export type QueueEndpoint = RowIn<typeof ENDPOINT>;

const ENDPOINT = rowOf({
  merchantId: column.uuid(),
  id: column.uuid(),
  url: column.text(),
  types: column.textArray<EventType>(),
  dataSelection: column.nullable(column.text()),
  batchSize: column.integer(),
  isEnabled: column.boolean(),
  secretKeyId: column.text(),
  secretSealed: column.bytes(),
  previousSecretKeyId: column.nullable(column.text()),
  previousSecretSealed: column.nullable(column.bytes()),
  previousSecretExpiresAt: column.nullable(column.timestamp()),
  afterPosition: column.bigint(),
  afterSequence: column.integer(),
  afterId: column.uuid(),
  failingSince: column.nullable(column.timestamp()),
  now: column.timestamp(),
});

/** An update of an endpoint's state. Omitted fields stay unchanged. */
export interface EndpointProgress {
  /** The last event that was enqueued or skipped. */
  readonly after?: EventCursor | undefined;
  /** Whether an attempt succeeded, or all that have ended failed. */
  readonly attempt?: "SUCCEEDED" | "FAILED" | undefined;
}

const NOW = sql`statement_timestamp()`;

/** The endpoint of a queue, which is locked while the queue changes. */
export class QueueEndpointStore {
  /** Locks an endpoint. @returns null if it does not exist, or without `waits` if it is locked. */
  async lock(
    tx: Tx,
    key: EndpointKey,
    { waits }: { readonly waits: boolean },
  ): Promise<QueueEndpoint | null> {
    const rows = await readRows(
      tx,
      ENDPOINT,
      sql`select merchant_id as "merchantId", id, url, types, data_selection as "dataSelection",
                 batch_size as "batchSize", is_enabled as "isEnabled", secret_key_id as "secretKeyId",
                 secret_sealed as "secretSealed", previous_secret_key_id as "previousSecretKeyId",
                 previous_secret_sealed as "previousSecretSealed",
                 previous_secret_expires_at as "previousSecretExpiresAt", after_position as "afterPosition",
                 after_sequence as "afterSequence", after_id as "afterId", failing_since as "failingSince",
                 ${NOW} as now
          from webhook_endpoints
          where ${byKey({ column: "merchant_id", value: sql`${key.merchantId}::uuid` }, { column: "id", value: sql`${key.id}::uuid` })}
          for no key update ${waits ? sql`` : sql`skip locked`}`,
      waits ? "lock_webhook_endpoint" : "try_webhook_endpoint",
    );
    return rows[0] ?? null;
  }

  /** Does not change `updatedAt`, which is for changes that clients see. */
  async update(
    tx: Tx,
    { merchantId, id }: EndpointKey,
    { after, attempt }: EndpointProgress,
  ): Promise<void> {
    if (after === undefined && attempt === undefined) return;
    await execute(
      tx,
      sql`update webhook_endpoints
          set after_position = coalesce(${after?.position ?? null}::bigint, after_position),
              after_sequence = coalesce(${after?.sequence ?? null}::integer, after_sequence),
              after_id = coalesce(${after?.id ?? null}::uuid, after_id),
              last_delivered_at = case ${attempt ?? null}::text when 'SUCCEEDED' then ${NOW} else last_delivered_at end,
              failing_since = case ${attempt ?? null}::text when 'SUCCEEDED' then null
                                when 'FAILED' then coalesce(failing_since, ${NOW}) else failing_since end
          where merchant_id = ${merchantId}::uuid and id = ${id}::uuid`,
      "update_webhook_progress",
    );
  }
}
