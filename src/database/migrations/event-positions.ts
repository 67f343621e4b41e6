import type pg from "pg";
import { present } from "../../shared/assert.js";
import { integer, sql } from "../sql.js";

/** Allows for recent events with a higher position than those that are checked. */
const MARGIN = 1_000_000;

const LAST_POSITION = `
  select coalesce(greatest(
    (select max(position) from (select position from audit_entries order by created_at desc, id desc limit 1000) as a),
    (select max(l.position) from pocket_groups g cross join lateral (
      select position from pocket_ledger where pocket_group_id = g.id order by created_at desc, id desc limit 1000) as l)
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
  await client.query(
    sql`create or replace function event_offset() returns bigint language sql immutable
        as 'select ${integer(added)}::bigint'`.text,
  );
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
