import { type Database, readRows } from "../database/database.js";
import { keyedRows } from "../database/distributed.js";
import { column, rowOf } from "../database/row.js";
import { sql } from "../database/sql.js";
import { type RecordDefinition, type RowOf, findByKeys } from "../records/record.js";
import { pocketEntryRecord, reversedAmountOf } from "./pocket-entry.record.js";
import { pocketHoldRecord } from "./pocket-hold.record.js";

/** The key of an entry or a hold. */
export interface EntryKey {
  readonly pocketGroupId: string;
  readonly id: string;
}

/** How much of an entry was taken back. */
export interface ReversedAmount extends EntryKey {
  readonly amount: number;
}

const REVERSED = rowOf({
  pocketGroupId: column.uuid(),
  id: column.uuid(),
  amount: column.bigint(),
});

/** Entries and holds by their keys, for relations. */
export class PocketEntryStore {
  constructor(private readonly database: Database) {}

  findEntries(keys: readonly EntryKey[]): Promise<RowOf<typeof pocketEntryRecord>[]> {
    return this.find(pocketEntryRecord, keys);
  }

  findHolds(keys: readonly EntryKey[]): Promise<RowOf<typeof pocketHoldRecord>[]> {
    return this.find(pocketHoldRecord, keys);
  }

  async reversedAmounts(keys: readonly EntryKey[]): Promise<ReversedAmount[]> {
    const { pool } = this.database;
    const table = sql`pocket_ledger`;
    const source = await keyedRows(pool, table, [], columnsOf(keys));
    const amount = reversedAmountOf(table);
    return readRows(
      pool,
      REVERSED,
      sql`select pocket_ledger.pocket_group_id as "pocketGroupId", pocket_ledger.id, ${amount} as amount
          from ${source}`,
      "sum_reversals_of_entries",
    );
  }

  private find<R extends RecordDefinition>(
    record: R,
    keys: readonly EntryKey[],
  ): Promise<RowOf<R>[]> {
    return findByKeys(this.database.pool, record, [], columnsOf(keys), `find_${record.name}`);
  }
}

function columnsOf(keys: readonly EntryKey[]) {
  const pocketGroupIds = keys.map(({ pocketGroupId }) => pocketGroupId);
  const ids = keys.map(({ id }) => id);
  return [
    { column: "pocket_group_id", type: "uuid", values: pocketGroupIds },
    { column: "id", type: "uuid", values: ids },
  ] as const;
}
