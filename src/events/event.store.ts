import { exactly } from "../database/by-key.js";
import { type Database, type Queryable, execute, readRows } from "../database/database.js";
import { LISTENER_NAME } from "../database/listener.js";
import { isDistributed } from "../database/distributed.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, identifier, integer, sql, unnest } from "../database/sql.js";
import { rowsOf } from "../records/record.js";
import { present } from "../shared/assert.js";
import type { EventCursor } from "./event-cursor.js";
import type { EventType } from "./event-type.js";
import { type Event, eventRecord } from "./event.record.js";

/** The events to read. */
export interface EventsAfter {
  readonly merchantId: string;
  /** Null for all events. */
  readonly after: EventCursor | null;
  /** The types to read; all if omitted. */
  readonly types?: readonly EventType[] | undefined;
  readonly limit: number;
}

/** A place in a merchant's events. */
export interface MerchantCursor {
  readonly merchantId: string;
  readonly after: EventCursor;
}

const SNAPSHOT = rowOf({
  horizon: column.bigint(),
  latest: column.bigint(),
  listenerCount: column.bigint(),
});
/** The channel of the reports to other servers. */
export const EVENT_CHANNEL = "pocketcharge_events";

const NUMBERED = rowOf({ index: column.integer(), sequence: column.integer() });
const PREVIOUS = rowOf({ sequence: column.integer() });
const NIL = "00000000-0000-0000-0000-000000000000";

export interface EventSnapshot {
  readonly horizon: number;
  readonly latest: number;
  readonly listenerCount: number;
}

/**
 * Reads events in the order of `position`, which is at least the id of the transaction that wrote the event. The view
 * `events` has only the events before the oldest transaction that has not ended. No event can therefore appear before
 * one that was read.
 */
export class EventStore {
  constructor(private readonly database: Pick<Database, "pool">) {}

  /**
   * Reads a merchant's events in their order, including those before the retention. The statement has no name, because
   * PostgreSQL would keep a plan from when there were few events, which sorts them.
   */
  readAfter(
    { merchantId, after, types, limit }: EventsAfter,
    on: Queryable = this.database.pool,
  ): Promise<Event[]> {
    const beyond =
      after === null
        ? sql``
        : sql`and (position, sequence, id) > (${after.position}::bigint, ${after.sequence}::integer, ${after.id}::uuid)`;
    const ofTypes = types === undefined ? sql`` : sql`and type = any(${types}::text[])`;
    return readRows(
      on,
      rowsOf(eventRecord),
      sql`select ${eventRecord.columns} from events
          where ${exactly(sql`merchant_id`, sql`${merchantId}::uuid`)} ${beyond} ${ofTypes}
          order by merchant_id, position, sequence, id limit ${integer(limit)}`,
    );
  }

  /** Reads the events of several merchants after a cursor, in the order of all events. */
  readOfMerchants(
    merchantIds: readonly string[],
    after: EventCursor,
    limit: number,
  ): Promise<Event[]> {
    const { position, sequence, id } = after;
    return readRows(
      this.database.pool,
      rowsOf(eventRecord),
      sql`select ${eventRecord.columns} from events
          where merchant_id = any(${merchantIds}::uuid[])
            and (position, sequence, id) > (${position}::bigint, ${sequence}::integer, ${id}::uuid)
          order by position, sequence, id limit ${integer(limit)}`,
    );
  }

  /** Whether there is an event after each of some cursors. */
  async areFollowed(cursors: readonly MerchantCursor[]): Promise<boolean[]> {
    if (cursors.length === 0) return [];
    if (await isDistributed(this.database.pool)) {
      const ofEach = cursors.map((cursor) => this.readAfter({ ...cursor, limit: 1 }));
      return (await Promise.all(ofEach)).map(({ length }) => length > 0);
    }
    const rows = await readRows(
      this.database.pool,
      rowOf({ index: column.integer() }),
      sql`select c.index::integer as index
          from unnest(${cursors.map(({ merchantId }) => merchantId)}::uuid[],
                      ${cursors.map(({ after }) => after.position)}::bigint[],
                      ${cursors.map(({ after }) => after.sequence)}::integer[],
                      ${cursors.map(({ after }) => after.id)}::uuid[])
                 with ordinality as c(merchant_id, position, sequence, id, index)
          cross join lateral (
            select from events e
            where e.merchant_id = c.merchant_id
              and (e.position, e.sequence, e.id) > (c.position, c.sequence, c.id)
            limit 1
          ) as next`,
    );
    const followed = new Set(rows.map(({ index }) => index));
    return cursors.map((_, index) => followed.has(index + 1));
  }

  /** Finds a merchant's events by their cursors. Those that are no longer stored are omitted. */
  async findAt(merchantId: string, cursors: readonly EventCursor[]): Promise<Event[]> {
    if (cursors.length === 0) return [];
    return readRows(
      this.database.pool,
      rowsOf(eventRecord),
      sql`select ${eventRecord.columns} from events
          where merchant_id = ${merchantId}::uuid
            and position = any(${[...new Set(cursors.map(({ position }) => position))]}::bigint[])
            and id = any(${cursors.map(({ id }) => id)}::uuid[])
          order by merchant_id, position, sequence, id`,
      "find_events",
    );
  }

  /** The cursor after all events that can be read now. */
  async end(on: Queryable = this.database.pool): Promise<EventCursor> {
    return { position: (await this.snapshot(on)).horizon, sequence: 0, id: NIL };
  }

  /**
   * @returns `horizon`: all events before this position can be read. `latest`: all events that are committed so far have
   *   a lower position. `listenerCount`: the number of connections that listen for events.
   */
  async snapshot(on: Queryable = this.database.pool): Promise<EventSnapshot> {
    const rows = await readRows(
      on,
      SNAPSHOT,
      sql`select event_horizon() as horizon,
                 pg_snapshot_xmax(pg_current_snapshot())::text::bigint + event_offset() as latest,
                 (select count(*) from pg_stat_activity
                  where application_name = ${LISTENER_NAME} and datname = current_database()) as "listenerCount"`,
      "read_event_horizon",
    );
    return present(rows[0], "the snapshot");
  }

  /** Notifies all servers that events may have been committed. */
  async notify(): Promise<void> {
    await execute(this.database.pool, sql`notify ${identifier(EVENT_CHANNEL)}`);
  }

  /** The number of the merchant's previous event of the same pocket, for each of some events; null for none. */
  async previousInPockets(events: readonly Event[], on: Queryable): Promise<(number | null)[]> {
    if (await isDistributed(this.database.pool)) {
      return Promise.all(events.map((event) => previousOf(event, on)));
    }
    const rows = await readRows(
      on,
      NUMBERED,
      sql`select event.index::integer as index, previous.sequence
          from ${unnest(
            sql`${events.map((one) => one.pocketGroupId)}::uuid[]`,
            sql`${events.map((one) => one.phoneNumber)}::text[]`,
            sql`${events.map((one) => one.merchantId)}::uuid[]`,
            sql`${events.map((one) => one.createdAt)}::timestamptz[]`,
            sql`${events.map((one) => one.sequence)}::integer[]`,
          )}
                 with ordinality as event(pocket_group_id, phone_number, merchant_id, created_at, sequence, index)
          cross join lateral (${previousEvent({
            pocketGroupId: sql`event.pocket_group_id`,
            phoneNumber: sql`event.phone_number`,
            merchantId: sql`event.merchant_id`,
            createdAt: sql`event.created_at`,
            sequence: sql`event.sequence`,
          })}) as previous`,
      "find_previous_events",
    );
    const found = new Map(rows.map(({ index, sequence }) => [index, sequence]));
    return events.map((_, index) => found.get(index + 1) ?? null);
  }
}

async function previousOf(event: Event, on: Queryable): Promise<number | null> {
  const [previous] = await readRows(
    on,
    PREVIOUS,
    previousEvent({
      pocketGroupId: sql`${event.pocketGroupId}::uuid`,
      phoneNumber: sql`${event.phoneNumber}::text`,
      merchantId: sql`${event.merchantId}::uuid`,
      createdAt: sql`${event.createdAt}::timestamptz`,
      sequence: sql`${event.sequence}::integer`,
    }),
    "find_previous_event",
  );
  return previous?.sequence ?? null;
}

type PlaceInPocket = Record<
  "pocketGroupId" | "phoneNumber" | "merchantId" | "createdAt" | "sequence",
  Sql
>;

function previousEvent({
  pocketGroupId,
  phoneNumber,
  merchantId,
  createdAt,
  sequence,
}: PlaceInPocket): Sql {
  return sql`
    select l.sequence from pocket_ledger l
    where l.pocket_group_id = ${pocketGroupId} and l.phone_number = ${phoneNumber}
      and l.created_at <= ${createdAt} and l.merchant_id = ${merchantId} and l.sequence < ${sequence}
    order by l.created_at desc, l.sequence desc limit 1`;
}
