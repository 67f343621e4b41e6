import { type Sql, join, sql } from "../database/sql.js";
import type { Rollups } from "../listing/rollups.js";
import type { RecordDefinition } from "../records/record.js";
import type { PocketEntryKind } from "./ledger/ledger-entry.js";

const REACHED = sql`coalesce((select position from pocket_ledger_rollup_progress), 0)`;

/** The rollups that `RollUpEntries` keeps, for a record that consists of the entries of some kinds. */
export function entryRollups(record: RecordDefinition, kinds: readonly PocketEntryKind[]): Rollups {
  return {
    table: sql`pocket_ledger_rollups`,
    rowTable: sql`pocket_ledger`,
    isOfRecord: sql`${record.table}.kind = any(${kinds}::text[])`,
    by: ["pocketGroupId", "merchantId", ...(Object.hasOwn(record.fields, "kind") ? ["kind"] : [])],
    time: "createdAt",
    amount: "amount",
    reached: REACHED,
    rowsFrom: (position, merchantId) => rowsFrom(record, position, merchantId),
  };
}

/**
 * Read along the indexes of events and of other entries: `offset 0` keeps further conditions out, for which PostgreSQL might
 * choose another index. Entries of earlier versions have no position.
 */
function rowsFrom(record: RecordDefinition, position: Sql, merchantId: string | null): Sql {
  const isOwn = merchantId === null ? sql`true` : sql`m.id = ${merchantId}::uuid`;
  const parts = [
    sql`l.sequence is not null and l.position >= ${position}`,
    sql`l.sequence is null and l.position >= ${position}`,
    sql`l.sequence is null and l.position is null`,
  ].map(
    (condition) =>
      sql`(select * from pocket_ledger l where l.merchant_id = m.id and ${condition} offset 0)`,
  );
  return sql`(
    select l.* from merchants m
    cross join lateral (
      ${join(parts, " union all ")}
    ) l
    where ${isOwn}
  ) as ${record.table}`;
}
