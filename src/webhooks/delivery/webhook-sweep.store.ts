import { type Database, execute, hasRows, readRows } from "../../database/database.js";
import { column, rowOf } from "../../database/row.js";
import { integer, sql } from "../../database/sql.js";
import { present } from "../../shared/assert.js";
import type { EndpointKey } from "./webhook-attempt.js";
import { IS_DUE, isOlderThan } from "./delivery-queue.store.js";

const ENABLED = rowOf({
  merchantId: column.uuid(),
  id: column.uuid(),
  afterPosition: column.bigint(),
  afterSequence: column.integer(),
  afterId: column.uuid(),
  hasDue: column.boolean(),
});

const OLDEST = rowOf({ working: column.bigint(), failing: column.bigint() });

const NOW = sql`statement_timestamp()`;
const SAME_ENDPOINT = sql`d.merchant_id = e.merchant_id and d.endpoint_id = e.id`;

/** Statements about the endpoints of all merchants. */
export class WebhookSweepStore {
  constructor(private readonly database: Pick<Database, "pool">) {}

  /** The enabled endpoints. `hasDue`: a message can be sent that no server is sending. */
  async findEnabled(maxUnderWay: number) {
    const { pool } = this.database;
    // Events cause up to forty sweeps a second, and many installations have no endpoints.
    const anyEnabled = sql`select id from webhook_endpoints where is_enabled limit 1`;
    if (!(await hasRows(pool, anyEnabled, "find_enabled_webhook_endpoint"))) return [];
    return readRows(
      pool,
      ENABLED,
      sql`select e.merchant_id as "merchantId", e.id, e.after_position as "afterPosition",
                 e.after_sequence as "afterSequence", e.after_id as "afterId",
                 exists (select from webhook_deliveries d where ${SAME_ENDPOINT} and ${IS_DUE})
                 and (select count(distinct d.message_id) from webhook_deliveries d
                      where ${SAME_ENDPOINT} and d.leased_until > ${NOW})
                     < case when e.failing_since is null then ${integer(maxUnderWay)} else 1 end as "hasDue"
          from webhook_endpoints e where e.is_enabled`,
    );
  }

  /** How long the oldest pending events have waited, of endpoints whose last attempt succeeded and failed. */
  async oldestPendingMs(): Promise<Record<"working" | "failing", number>> {
    const rows = await readRows(
      this.database.pool,
      OLDEST,
      sql`select coalesce(max(w.age) filter (where w.failing_since is null), 0)::bigint as working,
                 coalesce(max(w.age) filter (where w.failing_since is not null), 0)::bigint as failing
          from (
            select e.failing_since, extract(epoch from ${NOW} - (
              select d.created_at from webhook_deliveries d where ${SAME_ENDPOINT} and d.status = 'PENDING'
              order by d.position, d.sequence limit 1
            )) * 1000 as age
            from webhook_endpoints e where e.is_enabled
          ) as w`,
    );
    return present(rows[0], "the oldest deliveries");
  }

  /** The disabled endpoints with pending deliveries that are older than the retention. */
  findAbandoned(retentionMs: number): Promise<EndpointKey[]> {
    return readRows(
      this.database.pool,
      rowOf({ merchantId: column.uuid(), id: column.uuid() }),
      sql`select e.merchant_id as "merchantId", e.id from webhook_endpoints e
          where not e.is_enabled and exists (
            select from webhook_deliveries d
            where ${SAME_ENDPOINT} and d.status = 'PENDING' and ${isOlderThan(retentionMs)})`,
    );
  }

  /** Removes deliveries that ended and are older than the retention. @returns how many, at most `limit`. */
  removeEnded(retentionMs: number, limit: number): Promise<number> {
    return execute(
      this.database.pool,
      sql`delete from webhook_deliveries d
          using (
            select d.merchant_id, d.id from webhook_deliveries d
            where ${isOlderThan(retentionMs)} and d.status <> 'PENDING'
            order by d.created_at, d.id limit ${limit}::integer
          ) as old
          where d.merchant_id = old.merchant_id and d.id = old.id`,
    );
  }
}
