import { type Queryable, readRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, integer, sql } from "../database/sql.js";
import type { EventCursor } from "../events/event-cursor.js";
import type { EventType } from "../events/event-type.js";
import { newId } from "../shared/uuid.js";
import type { WebhookEndpoint } from "./webhook-endpoint.record.js";
import type { EndpointKey } from "./webhook-endpoint.store.js";

const DELIVERABLE = rowOf({
  id: column.uuid(),
  type: column.text<EventType>(),
  subjectId: column.uuid(),
  position: column.bigint(),
  sequence: column.integer(),
});

/** An event as deliveries store it. */
export interface DeliverableEvent extends EventCursor {
  readonly type: EventType;
  readonly subjectId: string;
}

/** The next events of the endpoint's deliveries that match, in the order of events. */
export function eventsOfDeliveries(
  on: Queryable,
  { id }: EndpointKey,
  condition: Sql,
  after: EventCursor | null,
  limit: number,
): Promise<DeliverableEvent[]> {
  const beyond = beyondCursor(sql`(position, sequence, event_id)`, after);
  return readRows(
    on,
    DELIVERABLE,
    sql`select event_id as id, event_type as type, subject_id as "subjectId", position, sequence
        from webhook_deliveries
        where endpoint_id = ${id}::uuid and ${condition} ${beyond}
        order by position, sequence, event_id limit ${integer(limit)}`,
  );
}

/**
 * The next events that match and that the endpoint gets, in their order. Those that its queue has not reached are left
 * out: they follow anyway, in order.
 */
export function eventsFor(
  on: Queryable,
  { merchantId, id, types }: Pick<WebhookEndpoint, "merchantId" | "id" | "types">,
  condition: Sql,
  after: EventCursor | null,
  limit: number,
): Promise<DeliverableEvent[]> {
  const isOfType = types.length === 0 ? sql`true` : sql`events.type = any(${types}::text[])`;
  return readRows(
    on,
    DELIVERABLE,
    sql`select events.id, events.type, events.subject_id as "subjectId", events.position, events.sequence
        from events
        where ${condition} ${beyondCursor(sql`(events.position, events.sequence, events.id)`, after)}
          and (events.position, events.sequence, events.id) <= (
            select after_position, after_sequence, after_id from webhook_endpoints
            where merchant_id = ${merchantId}::uuid and id = ${id}::uuid)
          and case events.type when 'WEBHOOK_ENDPOINT_TESTED' then events.subject_id = ${id}::uuid
                               else ${isOfType} end
        order by events.position, events.sequence, events.id limit ${integer(limit)}`,
  );
}

/**
 * The statements that send events to an endpoint again. What is pending is sent at once, and keeps its request. Of each
 * subject, only the first delivery has a time of its next attempt: the others wait for it, also one that is under way
 * and fails.
 */
export function sendAgain(
  { merchantId, id }: EndpointKey,
  events: readonly DeliverableEvent[],
): Sql[] {
  const ofEndpoint = sql`d.merchant_id = ${merchantId}::uuid and d.endpoint_id = ${id}::uuid`;
  const subjects = [...new Set(events.map(({ subjectId }) => subjectId))];
  const hasten = sql`
    update webhook_deliveries d
    set next_attempt_at = statement_timestamp(), updated_at = statement_timestamp()
    where ${ofEndpoint} and d.event_id = any(${events.map((event) => event.id)}::uuid[])
      and d.next_attempt_at > statement_timestamp()`;
  const add = sql`
    insert into webhook_deliveries as d
      (merchant_id, id, endpoint_id, event_id, event_type, subject_id, position, sequence)
    select ${merchantId}::uuid, e.delivery_id, ${id}::uuid, e.id, e.type, e.subject_id, e.position, e.sequence
    from unnest(${events.map(() => newId())}::uuid[], ${events.map((event) => event.id)}::uuid[],
                ${events.map(({ type }) => type)}::text[], ${events.map(({ subjectId }) => subjectId)}::uuid[],
                ${events.map(({ position }) => position)}::bigint[],
                ${events.map(({ sequence }) => sequence)}::integer[])
      as e(delivery_id, id, type, subject_id, position, sequence)
    on conflict (merchant_id, endpoint_id, event_id) do update
    set status = 'PENDING', attempts = 0, message_id = null, response_status = null, response_body = null,
        error = null, duration_ms = null, updated_at = statement_timestamp()
    where d.status <> 'PENDING'`;
  const order = sql`
    update webhook_deliveries d
    set next_attempt_at = case when d.id = first.id then statement_timestamp() end
    from (
      select distinct on (d.subject_id) d.subject_id, d.id from webhook_deliveries d
      where ${ofEndpoint} and d.status = 'PENDING' and d.subject_id = any(${subjects}::uuid[])
      order by d.subject_id, d.position, d.sequence, d.id
    ) as first
    where ${ofEndpoint} and d.status = 'PENDING' and d.subject_id = first.subject_id
      and (d.id = first.id) <> (d.next_attempt_at is not null)`;
  return [hasten, add, order];
}

function beyondCursor(columns: Sql, after: EventCursor | null): Sql {
  if (after === null) return sql``;
  return sql`and ${columns} > (${after.position}::bigint, ${after.sequence}::integer, ${after.id}::uuid)`;
}
