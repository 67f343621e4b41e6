import { expect } from "vitest";
import { findingsIn } from "./audit.js";
import type { TestDatabase } from "./database.js";

/** Expects that the audit has no findings. This must hold whatever a test has done to the database. */
export async function expectLedgerToBalance(database: Pick<TestDatabase, "pool">): Promise<void> {
  await expectPocketsToAddUp(database);
  expect(await findingsIn(database)).toEqual([]);
}

/**
 * Expects of every pocket that its balance is the sum of its entries, that each entry continues from the one before
 * it, that its holds together never exceed its balance, that a hold was captured by what its debits took, and that no
 * entry was reversed by more than its amount.
 */
export async function expectPocketsToAddUp({ pool }: Pick<TestDatabase, "pool">): Promise<void> {
  const { rows } = await pool.query<{ wrong: string; id: string }>(`
    select 'balance' as wrong, p.id::text as id from pockets p
    where balance <> coalesce((
      select sum(e.amount) from pocket_entries e
      where (e.pocket_group_id, e.phone_number) = (p.pocket_group_id, p.phone_number)), 0)
    union all
    select 'held amount', p.id::text from pockets p
    where held_amount > balance or held_amount <> coalesce((
      select sum(h.amount - h.captured_amount) from pocket_holds h
      where (h.pocket_group_id, h.phone_number) = (p.pocket_group_id, p.phone_number)
        and h.status = 'OPEN'), 0)
    union all
    select 'balance after', id::text from (
      select id, balance_after, sum(amount) over (
        partition by pocket_group_id, phone_number order by created_at, id) as expected
      from pocket_ledger) e
    where balance_after <> expected
    union all
    select 'captured amount', h.id::text from pocket_holds h
    where captured_amount <> coalesce((
      select -sum(e.amount) from pocket_entries e
      where (e.pocket_group_id, e.pocket_hold_id) = (h.pocket_group_id, h.id)), 0)
    union all
    select 'use of the token', h.id::text from pocket_holds h
    where not exists (
      select from pocket_ledger l
      where (l.pocket_group_id, l.id, l.token, l.kind) = (h.pocket_group_id, h.id, h.token, 'HOLD'))
    union all
    select 'reversed amount', e.id::text from pocket_entries e
    where abs(amount) < (
      select sum(abs(r.amount)) from pocket_entries r
      where (r.pocket_group_id, r.reversal_of_id) = (e.pocket_group_id, e.id))`);
  expect(rows).toEqual([]);
}

export async function deadlocksIn({ pool }: TestDatabase): Promise<number> {
  await pool.query("select pg_stat_force_next_flush()");
  const { rows } = await pool.query<{ deadlocks: number }>(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return rows[0]?.deadlocks ?? -1;
}
