import { execute, readRows, writeRows } from "../../database/database.js";
import { column, rowOf } from "../../database/row.js";
import { integer, sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import { present } from "../../shared/assert.js";
import type { DeliveryMessage } from "./delivery-message.js";
import { ofEndpoint } from "./delivery-queue.store.js";
import type {
  AttemptOutcome,
  ClaimedMessage,
  EndpointKey,
  FinishedDelivery,
} from "./webhook-attempt.js";

const NOW = sql`statement_timestamp()`;

const LEASED = rowOf({
  id: column.uuid(),
  attempts: column.integer(),
  leasedUntil: column.timestamp(),
});

/** What servers are sending. A lease ends by itself, so that another server repeats what a killed one has begun. */
export class DeliveryLeaseStore {
  /** The number of messages that servers are sending to the endpoint. */
  async countUnderWay(tx: Tx, key: EndpointKey): Promise<number> {
    const rows = await readRows(
      tx,
      rowOf({ count: column.integer() }),
      sql`select count(distinct d.message_id)::integer as count from webhook_deliveries d
          where ${ofEndpoint(key)} and d.leased_until > ${NOW}`,
      "count_webhook_messages",
    );
    return rows[0]?.count ?? 0;
  }

  /** Leases messages to this server for the next attempt. Their ids do not change anymore. */
  async lease(
    tx: Tx,
    key: EndpointKey,
    messages: readonly DeliveryMessage[],
    leaseMs: number,
  ): Promise<ClaimedMessage[]> {
    if (messages.length === 0) return [];
    const ids = messages.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
    const messageIds = messages.flatMap(({ id, deliveries }) => deliveries.map(() => id));
    const rows = await writeRows(
      tx,
      LEASED,
      sql`update webhook_deliveries d
          set message_id = m.message_id, attempts = d.attempts + 1,
              leased_until = ${NOW} + ${integer(leaseMs)} * interval '1 millisecond', updated_at = ${NOW}
          from unnest(${ids}::uuid[], ${messageIds}::uuid[]) as m(id, message_id)
          where d.merchant_id = ${key.merchantId}::uuid and d.id = m.id
          returning d.id, d.attempts, d.leased_until as "leasedUntil"`,
      "lease_webhook_deliveries",
    );
    const leased = new Map(rows.map((row) => [row.id, row]));
    return messages.map((message) => {
      const own = message.deliveries.map(({ id }) => present(leased.get(id), "a leased delivery"));
      const attempts = Math.max(...own.map((row) => row.attempts));
      return { ...message, attempts, leasedUntil: present(own[0], "a delivery").leasedUntil };
    });
  }

  /** Records an attempt, unless its lease has ended and another server has repeated it. */
  async recordAttempt(
    tx: Tx,
    key: EndpointKey,
    { deliveries, leasedUntil }: ClaimedMessage,
    outcome: AttemptOutcome,
    { status, delayMs }: FinishedDelivery,
  ): Promise<void> {
    await execute(
      tx,
      sql`update webhook_deliveries d
          set status = ${status}, response_status = ${outcome.responseStatus}::integer,
              response_body = ${outcome.responseBody}, error = ${outcome.error},
              duration_ms = ${outcome.durationMs}::integer, leased_until = null, updated_at = ${NOW},
              next_attempt_at = case when d.next_attempt_at is not null
                                     then ${NOW} + ${delayMs}::bigint * interval '1 millisecond' end
          where d.merchant_id = ${key.merchantId}::uuid and d.id = any(${deliveries.map(({ id }) => id)}::uuid[])
            and d.leased_until = ${leasedUntil}::timestamptz`,
      "record_webhook_attempt",
    );
  }
}
