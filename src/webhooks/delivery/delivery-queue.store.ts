import { exactly } from "../../database/by-key.js";
import { execute, readRows, writeRows } from "../../database/database.js";
import { type RowIn, column, rowOf } from "../../database/row.js";
import { type Sql, sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import type { Event } from "../../events/event.record.js";
import { newId } from "../../shared/uuid.js";
import type { EndpointKey } from "./webhook-attempt.js";

const DELIVERY = rowOf({
  id: column.uuid(),
  eventId: column.uuid(),
  subjectId: column.uuid(),
  position: column.bigint(),
  sequence: column.integer(),
  messageId: column.nullable(column.uuid()),
});
export type PendingDelivery = RowIn<typeof DELIVERY>;

const REPEATED = DELIVERY.with({ waits: column.boolean() });
/** A delivery of a message that was sent before. */
export type RepeatedDelivery = RowIn<typeof REPEATED>;

const COLUMNS = sql`
  d.id, d.event_id as "eventId", d.subject_id as "subjectId", d.position, d.sequence, d.message_id as "messageId"`;
const ORDER = sql`d.position, d.sequence, d.id`;
const NOW = sql`statement_timestamp()`;

/**
 * The queue of a webhook endpoint. Its statements run in transactions that have locked the endpoint, so that one server
 * at a time changes the queue.
 *
 * The statements that find several rows have no names: PostgreSQL would keep plans that it made while the queue was empty.
 *
 * At most one delivery of a subject has a time of its next attempt: its first pending one. The others wait without.
 */
export class DeliveryQueueStore {
  /** Adds the deliveries of events, except those that have one. The first of a subject is due at once. */
  async enqueue(tx: Tx, key: EndpointKey, events: readonly Event[]): Promise<void> {
    if (events.length === 0) return;
    await execute(
      tx,
      sql`with added as (
            select * from unnest(
              ${events.map(newId)}::uuid[], ${events.map(({ id }) => id)}::uuid[],
              ${events.map(({ type }) => type)}::text[], ${events.map(({ subjectId }) => subjectId)}::uuid[],
              ${events.map(({ position }) => position)}::bigint[], ${events.map(({ sequence }) => sequence)}::integer[]
            ) as e(id, event_id, event_type, subject_id, position, sequence)
            where not exists (select from webhook_deliveries d where ${ofEndpoint(key)} and d.event_id = e.event_id))
          insert into webhook_deliveries
            (merchant_id, id, endpoint_id, event_id, event_type, subject_id, position, sequence, next_attempt_at)
          select ${key.merchantId}::uuid, a.id, ${key.id}::uuid, a.event_id, a.event_type, a.subject_id, a.position,
                 a.sequence,
                 case when row_number() over (partition by a.subject_id order by a.position, a.sequence, a.id) = 1
                        and not exists (select from webhook_deliveries d
                                        where ${pendingOf(key, sql`a.subject_id`)} limit 1)
                      then ${NOW} end
          from added a`,
      "enqueue_webhook_deliveries",
    );
  }

  /**
   * The deliveries that are due, those first that have waited longest, except those of subjects that have a delivery
   * under way: it may be of a later event, if the earlier one is sent again.
   */
  findDue(tx: Tx, key: EndpointKey, limit: number): Promise<PendingDelivery[]> {
    return readRows(
      tx,
      DELIVERY,
      sql`select ${COLUMNS} from webhook_deliveries d
          where ${ofEndpoint(key)} and ${IS_DUE} and d.subject_id not in (
            select l.subject_id from webhook_deliveries l
            where l.merchant_id = ${key.merchantId}::uuid and l.endpoint_id = ${key.id}::uuid
              and l.leased_until > ${NOW})
          order by d.next_attempt_at, ${ORDER} limit ${limit}::integer`,
    );
  }

  /**
   * The deliveries of messages that are sent again. `waits`: the subject's first pending delivery is not in the message,
   * because an earlier event was requested again.
   */
  async findOfMessages(
    tx: Tx,
    key: EndpointKey,
    messageIds: readonly string[],
  ): Promise<RepeatedDelivery[]> {
    if (messageIds.length === 0) return [];
    return readRows(
      tx,
      REPEATED,
      sql`select ${COLUMNS}, d.message_id is distinct from (
            select p.message_id from webhook_deliveries p
            where p.merchant_id = ${key.merchantId}::uuid and p.endpoint_id = ${key.id}::uuid
              and ${exactly(sql`p.subject_id`, sql`d.subject_id`)} and p.status = 'PENDING'
            order by p.subject_id, p.position, p.sequence, p.id limit 1
          ) as waits
          from unnest(${messageIds}::uuid[]) as message(id)
          cross join lateral (
            select * from webhook_deliveries d
            where ${ofEndpoint(key)} and d.status = 'PENDING' and ${exactly(sql`d.message_id`, sql`message.id`)}
            order by d.message_id
          ) as d`,
    );
  }

  /** The next deliveries of each subject after its first pending one, in the order of events. */
  async findFollowing(
    tx: Tx,
    key: EndpointKey,
    subjectIds: readonly string[],
    limit: number,
  ): Promise<PendingDelivery[]> {
    if (subjectIds.length === 0 || limit <= 0) return [];
    return readRows(
      tx,
      DELIVERY,
      sql`select ${COLUMNS} from unnest(${subjectIds}::uuid[]) as subject(id)
          cross join lateral (
            select * from webhook_deliveries d
            where ${pendingOf(key, sql`subject.id`)} limit ${limit}::integer offset 1
          ) as d
          order by ${ORDER}`,
    );
  }

  /** Puts off messages that were sent before. The delivery that they wait for makes them due when it ends. */
  async postpone(
    tx: Tx,
    key: EndpointKey,
    messageIds: readonly string[],
    delayMs: number,
  ): Promise<void> {
    if (messageIds.length === 0) return;
    await execute(
      tx,
      sql`update webhook_deliveries d
          set next_attempt_at = ${NOW} + ${delayMs}::bigint * interval '1 millisecond'
          where ${ofEndpoint(key)} and d.status = 'PENDING' and d.message_id = any(${messageIds}::uuid[])
            and d.next_attempt_at is not null`,
      "postpone_webhook_messages",
    );
  }

  /**
   * Removes pending deliveries that are older than the retention and not under way.
   *
   * @returns the subject of each, of at most `limit`.
   */
  async removeOld(tx: Tx, key: EndpointKey, retentionMs: number, limit: number): Promise<string[]> {
    const rows = await writeRows(
      tx,
      rowOf({ subjectId: column.uuid() }),
      sql`delete from webhook_deliveries d
          using (
            select d.id from webhook_deliveries d
            where ${ofEndpoint(key)} and d.status = 'PENDING' and ${isOlderThan(retentionMs)}
              and (d.leased_until is null or d.leased_until <= ${NOW})
            order by d.created_at, d.id limit ${limit}::integer
          ) as old
          where d.merchant_id = ${key.merchantId}::uuid and d.id = old.id
          returning d.subject_id as "subjectId"`,
    );
    return rows.map(({ subjectId }) => subjectId);
  }

  /** Makes the first pending delivery of each subject due, unless its time is known. */
  async makeNextDue(tx: Tx, key: EndpointKey, subjectIds: readonly string[]): Promise<void> {
    if (subjectIds.length === 0) return;
    await execute(
      tx,
      sql`update webhook_deliveries d set next_attempt_at = ${NOW}
          from (
            select next.id from unnest(${subjectIds}::uuid[]) as subject(id)
            cross join lateral (
              select d.id, d.next_attempt_at from webhook_deliveries d
              where ${pendingOf(key, sql`subject.id`)} limit 1
            ) as next
            where next.next_attempt_at is null
          ) as first
          where d.merchant_id = ${key.merchantId}::uuid and d.id = first.id`,
      "make_webhook_deliveries_due",
    );
  }
}

/** Due, and not leased by a server that is still sending it. */
export const IS_DUE: Sql = sql`d.next_attempt_at <= ${NOW} and (d.leased_until is null or d.leased_until <= ${NOW})`;

/** Whether a delivery, named `d`, was created before the retention. */
export function isOlderThan(retentionMs: number): Sql {
  return sql`d.created_at < ${NOW} - ${retentionMs}::bigint * interval '1 millisecond'`;
}

/** The deliveries of an endpoint, in a statement that names them `d`. */
export function ofEndpoint({ merchantId, id }: EndpointKey): Sql {
  return sql`d.merchant_id = ${merchantId}::uuid and d.endpoint_id = ${id}::uuid`;
}

/**
 * The end of a statement after `where`, for the pending deliveries of a subject in the order of events. The range makes
 * the order need the index on subjects: PostgreSQL could otherwise read all pending deliveries by their positions.
 */
function pendingOf(key: EndpointKey, subjectId: Sql): Sql {
  return sql`${ofEndpoint(key)} and ${exactly(sql`d.subject_id`, subjectId)} and d.status = 'PENDING'
    order by d.subject_id, ${ORDER}`;
}
