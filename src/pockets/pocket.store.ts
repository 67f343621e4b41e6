import { type KeyColumn, byKey } from "../database/by-key.js";
import { type Database, execute, readRows, writeRows } from "../database/database.js";
import { keyedRows } from "../database/distributed.js";
import { type RowIn, column, rowOf } from "../database/row.js";
import { batchedLookUp } from "../database/look-ups.js";
import { type Sql, sql } from "../database/sql.js";
import { type Tx, inTransaction, waitForAll } from "../database/transaction.js";
import { type Audit, entryOf, hasAuditEntry, tenantIdOf } from "../records/audit.js";
import { findByKeys, rowsOf } from "../records/record.js";
import { present } from "../shared/assert.js";
import { newId } from "../shared/uuid.js";
import type { PocketFreeze } from "./ledger/pocket-freeze.js";
import { type Pocket, pocketRecord } from "./pocket.record.js";

/** The key of a pocket: its group and its phone number in stored form. */
export interface PocketKey {
  readonly pocketGroupId: string;
  readonly phoneNumber: string;
}

/** What a change of a pocket sets. Its amounts change only by entries and holds. */
export type PocketChanges = Partial<Pick<Pocket, "freezeScope" | "freezeReason">>;

const COUNTED = rowOf({
  pocketGroupId: column.uuid(),
  phoneNumber: column.text(),
  eventCount: column.integer(),
});

export type CountedPocket = RowIn<typeof COUNTED>;

export class PocketStore {
  constructor(private readonly database: Database) {}

  findByKeys(keys: readonly PocketKey[]): Promise<Pocket[]> {
    return batchedLookUp<PocketKey, Pocket>(
      this.database.pool,
      "pockets",
      keys,
      ({ pocketGroupId, phoneNumber }) => `${pocketGroupId} ${phoneNumber}`,
      (wanted) => this.readByKeys(wanted),
    );
  }

  private readByKeys(keys: readonly PocketKey[]): Promise<Pocket[]> {
    return findByKeys(this.database.pool, pocketRecord, [], columnsOf(keys), "find_pockets");
  }

  /** How many events each of some pockets has had. Pockets that do not exist are omitted. */
  async findEventCounts(keys: readonly PocketKey[]): Promise<CountedPocket[]> {
    const { pool } = this.database;
    const source = await keyedRows(pool, sql`pockets`, [], columnsOf(keys));
    return readRows(
      pool,
      COUNTED,
      sql`select pockets.pocket_group_id as "pocketGroupId", pockets.phone_number as "phoneNumber",
                 pockets.event_count as "eventCount"
          from ${source}`,
      "count_events_of_pockets",
    );
  }

  /**
   * Locks a pocket, as every change of it does, and updates it with its audit entry.
   *
   * @param decide receives the locked pocket and returns the changes, which may be empty.
   * @returns the updated pocket; null if there is none.
   */
  change(
    key: PocketKey,
    decide: (pocket: Pocket) => PocketChanges,
    audit: Audit,
  ): Promise<Pocket | null> {
    let runCount = 0;
    return inTransaction(this.database.pool, async (tx) => {
      runCount++;
      const pocket = await lock(tx, key);
      if (pocket === null) return null;
      // The earlier run held this lock until it ended, so its audit entry exists by now or never will.
      const tenantId = tenantIdOf(pocketRecord, pocket);
      if (runCount > 1 && (await hasAuditEntry(tx, audit, tenantId))) return pocket;
      const changes = decide(pocket);
      return Object.keys(changes).length === 0 ? pocket : write(tx, pocket, changes, audit);
    });
  }
}

async function lock(tx: Tx, { pocketGroupId, phoneNumber }: PocketKey): Promise<Pocket | null> {
  const key = byKey(
    { column: "pocket_group_id", value: sql`${pocketGroupId}::uuid` },
    { column: "phone_number", value: sql`${phoneNumber}::text` },
  );
  const [pocket] = await readRows(
    tx,
    rowsOf(pocketRecord),
    sql`select ${pocketRecord.columns} from pockets where ${key} for no key update`,
    "lock_pocket",
  );
  return pocket ?? null;
}

/**
 * Uses separate statements, because Citus keeps pockets and audit entries on different shards. Writes an event for each
 * merchant that is granted the group.
 */
async function write(
  tx: Tx,
  pocket: Pocket,
  changes: PocketChanges,
  audit: Audit,
): Promise<Pocket> {
  const { freezeScope, freezeReason }: FreezeOf = { ...pocket, ...changes };
  const isFreeze = freezeScope !== "NONE" || pocket.freezeScope !== "NONE";
  const merchantIds = isFreeze ? await merchantsOf(tx, pocket.pocketGroupId) : [];
  const isPocket = sql`pocket_group_id = ${pocket.pocketGroupId}::uuid and id = ${pocket.id}::uuid`;
  const written = sql`(select * from pockets where ${isPocket}) as written`;
  const [[changed]] = await waitForAll(
    writeRows(
      tx,
      rowsOf(pocketRecord),
      sql`update pockets
          set freeze_scope = ${freezeScope}, freeze_reason = ${freezeReason},
              event_count = event_count + ${merchantIds.length}::integer,
              event_position = ${merchantIds.length === 0 ? sql`event_position` : sql`greatest(event_position(), event_position)`},
              updated_at = greatest(statement_timestamp(), updated_at + interval '1 microsecond')
          where ${isPocket}
          returning ${pocketRecord.columns}`,
    ),
    merchantIds.length > 0 && execute(tx, noteFreeze(isPocket, merchantIds)),
    execute(
      tx,
      entryOf(
        audit,
        pocketRecord,
        "update",
        sql`${written}, ${freezeOf(pocket)} as before`,
        Object.keys(changes),
      ),
    ),
  );
  return present(changed, "the locked pocket");
}

async function merchantsOf(tx: Tx, pocketGroupId: string): Promise<string[]> {
  const rows = await readRows(
    tx,
    rowOf({ merchantId: column.uuid() }),
    sql`select merchant_id as "merchantId" from pocket_group_grants
        where pocket_group_id = ${pocketGroupId}::uuid order by merchant_id`,
    "find_merchants_of_pocket_group",
  );
  return rows.map(({ merchantId }) => merchantId);
}

/** Adds a row for each merchant to the ledger. The pocket's number of events already includes them. */
function noteFreeze(isPocket: Sql, merchantIds: readonly string[]): Sql {
  return sql`
    insert into pocket_ledger (pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after,
                               note, sequence, position, created_at)
    select p.pocket_group_id, n.id, n.token, n.merchant_id,
           case p.freeze_scope when 'NONE' then 'UNFREEZE' else 'FREEZE' end, p.phone_number, 0, p.balance,
           p.freeze_reason, p.event_count - ${merchantIds.length}::integer + n.index::integer, p.event_position,
           p.updated_at
    from (select * from pockets where ${isPocket}) as p
    cross join unnest(${merchantIds.map(newId)}::uuid[], ${merchantIds.map(newId)}::uuid[], ${merchantIds}::uuid[])
      with ordinality as n(id, token, merchant_id, index)`;
}

interface FreezeOf {
  readonly freezeScope: PocketFreeze;
  readonly freezeReason: string | null;
}

/** A row with the freeze of a pocket. */
function freezeOf({ freezeScope, freezeReason }: FreezeOf): Sql {
  return sql`(select ${freezeScope}::text as freeze_scope, ${freezeReason}::text as freeze_reason)`;
}

function columnsOf(keys: readonly PocketKey[]): [KeyColumn, KeyColumn] {
  return [
    {
      column: "pocket_group_id",
      type: "uuid",
      values: keys.map(({ pocketGroupId }) => pocketGroupId),
    },
    { column: "phone_number", type: "text", values: keys.map(({ phoneNumber }) => phoneNumber) },
  ];
}
