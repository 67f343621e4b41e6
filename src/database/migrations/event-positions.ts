import type pg from "pg";
import { present } from "../../shared/assert.js";
import { type Queryable, execute, readRows } from "../database.js";
import { column, rowOf } from "../row.js";
import { type Sql, integer, sql } from "../sql.js";

/** Allows for recent events with a higher position than those that are checked. */
const MARGIN = 1_000_000;

const LAST_POSITION = `
  select coalesce(greatest(
    (select max(position) from (select position from audit_entries order by created_at desc, id desc limit 1000) as a),
    (select max(l.position) from pocket_groups g cross join lateral (
      select position from pocket_ledger where pocket_group_id = g.id order by created_at desc, id desc limit 1000) as l),
    (select max(after_position) from webhook_endpoints),
    (select position from pocket_ledger_rollup_progress)
  ), 0)::text as last,
  pg_snapshot_xmax(pg_current_snapshot())::text as next,
  event_offset()::text as added`;

/**
 * Keeps the positions of events ascending after the database was copied to another server, for example by pg_dump. The
 * next transaction ids there may be lower than the stored positions; `event_offset()` then adds the difference.
 *
 * @param lock called before a change.
 */
export async function keepPositionsAscending(
  client: pg.ClientBase,
  lock: () => Promise<void>,
): Promise<void> {
  if ((await missing(client)) === null) return;
  await lock();
  const added = await missing(client);
  if (added === null) return;
  await client.query(withOffset(added).text);
}

/** More than the number of transactions between a backup and the loss of its database. */
const RESTORED_DISTANCE = 1_000_000_000_000;

/**
 * Puts the next events of a restored database after all events that its clients may have received before, so that no
 * cursor of a client is after an event that it has not received.
 */
export async function passLostPositions(on: Queryable): Promise<void> {
  const rows = await readRows(on, OFFSET, sql`select event_offset() as "offset"`);
  await execute(on, withOffset(present(rows[0], "the offset").offset + RESTORED_DISTANCE));
}

const OFFSET = rowOf({ offset: column.bigint() });

function withOffset(offset: number): Sql {
  return sql`create or replace function event_offset() returns bigint language sql immutable
             as 'select ${integer(offset)}::bigint'`;
}

/** @returns the offset that keeps positions ascending; null if the current one does. */
async function missing(client: pg.ClientBase): Promise<number | null> {
  const { rows: functions } = await client.query(
    "select where to_regproc('event_offset') is not null",
  );
  if (functions.length === 0) return null;
  const { rows } = await client.query<Record<"last" | "next" | "added", string>>(LAST_POSITION);
  const { last, next, added } = present(rows[0], "the positions");
  const isAscending = Number(last) < Number(next) + Number(added);
  return isAscending ? null : Number(last) - Number(next) + MARGIN;
}
