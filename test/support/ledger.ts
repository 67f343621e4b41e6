import { expect } from "vitest";
import { findingsIn } from "./audit.js";
import type { TestDatabase } from "./database.js";

/** Expects that the audit has no findings. This must hold whatever a test has done to the database. */
export async function expectLedgerToBalance(database: Pick<TestDatabase, "pool">): Promise<void> {
  expect(await findingsIn(database)).toEqual([]);
}

export async function deadlocksIn({ pool }: TestDatabase): Promise<number> {
  await pool.query("select pg_stat_force_next_flush()");
  const { rows } = await pool.query<{ deadlocks: number }>(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return rows[0]?.deadlocks ?? -1;
}
