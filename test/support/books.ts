import { expect } from "vitest";
import type { TestDatabase } from "./database.js";

/** What must hold in the database after anything that was done to it. */
export async function expectBooksToBalance({ pool }: TestDatabase): Promise<void> {
  const wrong = await pool.query(`
    select p.pocket_group_id, p.phone_number, p.balance, sum(c.amount) as charged, max(c.balance_after) as last
    from pockets p left join pocket_charges c using (pocket_group_id, phone_number)
    group by p.pocket_group_id, p.phone_number, p.balance
    having p.balance is distinct from sum(c.amount) or p.balance is distinct from max(c.balance_after)`);
  expect(wrong.rows).toEqual([]);

  // Each charge starts from where the one before it ended, whatever ran at the same time.
  const gaps = await pool.query(`
    select * from (
      select phone_number, amount, balance_after,
             coalesce(lag(balance_after) over (partition by pocket_group_id, phone_number order by balance_after), 0) as before
      from pocket_charges) c
    where balance_after <> before + amount`);
  expect(gaps.rows).toEqual([]);
}

export async function deadlocksIn({ pool }: TestDatabase): Promise<number> {
  await pool.query("select pg_stat_force_next_flush()");
  const { rows } = await pool.query<{ deadlocks: number }>(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return rows[0]?.deadlocks ?? -1;
}
