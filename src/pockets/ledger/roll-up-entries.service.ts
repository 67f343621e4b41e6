import { type Database, execute, readRows } from "../../database/database.js";
import { isDistributed } from "../../database/distributed.js";
import { column, rowOf } from "../../database/row.js";
import { join, sql } from "../../database/sql.js";
import { unbounded } from "../../database/snapshot.js";
import { inTransaction } from "../../database/transaction.js";
import { ROLLUP_SPANS } from "../../listing/rollups.js";
import { valuesOf } from "../../shared/enumeration.js";
import { PocketEntryKind } from "./ledger-entry.js";

/** An advisory lock, because a lock of a row would be a write, and the events of the time would wait for its commit. */
const ROLLUP_LOCK = 5_746_230_817;

const LOCK = rowOf({ isHeld: column.boolean() });

/**
 * Adds the entries that have been committed since the last run to their rollups, which lists sum instead of the entries.
 * Charges do not wait for it: entries that are not rolled up yet are read themselves.
 *
 * Positions tell the entries apart: every entry below `event_horizon()` is visible, and no other can get such a position.
 */
export class RollUpEntries {
  constructor(private readonly database: Pick<Database, "pool">) {}

  /** Does nothing while another server rolls up, or on a Citus cluster, whose nodes have no common horizon. */
  async rollUp(): Promise<void> {
    const { pool } = this.database;
    if (await isDistributed(pool)) return;
    await inTransaction(pool, async (tx) => {
      const [lock] = await readRows(
        tx,
        LOCK,
        sql`select pg_try_advisory_xact_lock(${ROLLUP_LOCK}::bigint) as "isHeld"`,
      );
      if (lock?.isHeld !== true) return;
      // The first run may have to read many entries of an older version.
      await execute(tx, sql`set local statement_timeout = 0`);
      await execute(unbounded(tx), ROLL_UP);
    });
  }
}

const SPANS = Object.entries(ROLLUP_SPANS).map(
  ([span, { startOf }]) => sql`(${span}::text, ${startOf(sql`e.created_at`)})`,
);

/** Events and other entries, each along its own index. */
const NEW_ENTRIES = [sql`l.sequence is not null`, sql`l.sequence is null`].map(
  (condition) => sql`(
    select * from pocket_ledger l
    where l.merchant_id = m.id and ${condition}
      and l.position >= (select position from reached) and l.position < (select position from horizon)
    offset 0
  )`,
);

const ROLL_UP = sql`
  with reached as (select coalesce((select position from pocket_ledger_rollup_progress), 0) as position),
  horizon as (select event_horizon() as position),
  rolled_up as (
    insert into pocket_ledger_rollups as r
      (span, merchant_id, created_at, pocket_group_id, kind, entry_count, amount_sum, amount_min, amount_max,
       created_at_min, created_at_max)
    select s.span, e.merchant_id, s.start, e.pocket_group_id, e.kind, count(*), sum(e.amount),
           min(e.amount), max(e.amount), min(e.created_at), max(e.created_at)
    from merchants m
    cross join lateral (
      ${join(NEW_ENTRIES, " union all ")}
    ) e
    cross join lateral (values ${join(SPANS, ", ")}) as s(span, start)
    where e.kind = any(${valuesOf(PocketEntryKind)}::text[])
    group by 1, 2, 3, 4, 5
    on conflict (span, merchant_id, created_at, pocket_group_id, kind) do update
    set entry_count = r.entry_count + excluded.entry_count,
        amount_sum = r.amount_sum + excluded.amount_sum,
        amount_min = least(r.amount_min, excluded.amount_min),
        amount_max = greatest(r.amount_max, excluded.amount_max),
        created_at_min = least(r.created_at_min, excluded.created_at_min),
        created_at_max = greatest(r.created_at_max, excluded.created_at_max)
    returning 1
  )
  insert into pocket_ledger_rollup_progress (position)
  select horizon.position from horizon where exists (select from rolled_up)
  on conflict (is_only) do update set position = excluded.position`;
