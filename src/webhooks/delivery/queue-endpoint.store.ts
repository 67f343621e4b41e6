import { byKey } from "../../database/by-key.js";
import { execute, readRows } from "../../database/database.js";
import { type RowIn, column } from "../../database/row.js";
import { sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import type { EventCursor } from "../../events/event-cursor.js";
import { rowsOf } from "../../records/record.js";
import { webhookEndpointRecord } from "../webhook-endpoint.record.js";
import type { EndpointKey } from "./webhook-attempt.js";

/** The fields of an endpoint that delivering needs, and the database's time. */
export type QueueEndpoint = RowIn<typeof ENDPOINT>;

const ENDPOINT = rowsOf(webhookEndpointRecord).with({
  afterPosition: column.bigint(),
  afterSequence: column.integer(),
  afterId: column.uuid(),
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
      sql`select ${webhookEndpointRecord.columns}, after_position as "afterPosition",
                 after_sequence as "afterSequence", after_id as "afterId", ${NOW} as now
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
