import { type Database, execute, readRows } from "../../database/database.js";
import { column, rowOf } from "../../database/row.js";
import { integer, sql } from "../../database/sql.js";
import { IS_DUE } from "./delivery-queue.store.js";

const ENABLED = rowOf({
  merchantId: column.uuid(),
  id: column.uuid(),
  afterPosition: column.bigint(),
  afterSequence: column.integer(),
  afterId: column.uuid(),
  hasDue: column.boolean(),
});

const NOW = sql`statement_timestamp()`;
const SAME_ENDPOINT = sql`d.merchant_id = e.merchant_id and d.endpoint_id = e.id`;

/** Statements about the endpoints of all merchants. */
export class WebhookSweepStore {
  constructor(private readonly database: Pick<Database, "pool">) {}

  /** The enabled endpoints. `hasDue`: a message can be sent that no server is sending. */
  findEnabled(maxUnderWay: number) {
    return readRows(
      this.database.pool,
      ENABLED,
      sql`select e.merchant_id as "merchantId", e.id, e.after_position as "afterPosition",
                 e.after_sequence as "afterSequence", e.after_id as "afterId",
                 exists (select from webhook_deliveries d where ${SAME_ENDPOINT} and ${IS_DUE})
                 and (select count(distinct d.message_id) from webhook_deliveries d
                      where ${SAME_ENDPOINT} and d.leased_until > ${NOW})
                     < case when e.failing_since is null then ${integer(maxUnderWay)} else 1 end as "hasDue"
          from webhook_endpoints e where e.is_enabled`,
      "find_enabled_webhook_endpoints",
    );
  }

  /** How long the oldest event that an enabled endpoint has not accepted has waited; null if there is none. */
  async oldestPendingMs(): Promise<number | null> {
    const rows = await readRows(
      this.database.pool,
      rowOf({ ageMs: column.nullable(column.bigint()) }),
      sql`select (extract(epoch from ${NOW} - min(oldest.created_at)) * 1000)::bigint as "ageMs"
          from webhook_endpoints e
          cross join lateral (
            select d.created_at from webhook_deliveries d where ${SAME_ENDPOINT} and d.status = 'PENDING'
            order by d.position, d.sequence limit 1
          ) as oldest
          where e.is_enabled`,
      "find_oldest_webhook_delivery",
    );
    return rows[0]?.ageMs ?? null;
  }

  /** Removes deliveries that ended and are older than the retention. @returns how many, at most `limit`. */
  removeEnded(retentionMs: number, limit: number): Promise<number> {
    return execute(
      this.database.pool,
      sql`delete from webhook_deliveries d
          using (
            select merchant_id, id from webhook_deliveries
            where created_at < ${NOW} - ${retentionMs}::bigint * interval '1 millisecond' and status <> 'PENDING'
            order by created_at, id limit ${limit}::integer
          ) as old
          where d.merchant_id = old.merchant_id and d.id = old.id`,
      "remove_webhook_deliveries",
    );
  }
}
