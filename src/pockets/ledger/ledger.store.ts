import { type Database, readRows } from "../../database/database.js";
import { keyedRows } from "../../database/distributed.js";
import { column, rowOf } from "../../database/row.js";
import { integer, sql } from "../../database/sql.js";
import type { LastStatement, Tx } from "../../database/transaction.js";
import type { Instant } from "../../shared/instant.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { UuidV7 } from "../../shared/uuid.js";
import { lookUp as lookUpOnShard } from "./distributed-look-up.store.js";
import { write as writeOnShard } from "./distributed-write.store.js";
import type { GroupLimits, LedgerItem, Wanted } from "./item.js";
import { LEDGER } from "./ledger-rows.store.js";
import { lookUp } from "./ledger-look-up.store.js";
import { write } from "./ledger-write.store.js";
import { readPeriodUsage } from "./period-usage.store.js";
import type { PeriodUsage } from "./period-usage.js";
import type { Ledger, LedgerChanges } from "./ledger.js";

const FOUND = rowOf({ found: column.boolean() });
const POCKET_OF_TOKEN = rowOf({
  token: column.uuid<UuidV7>(),
  phoneNumber: column.text<PhoneNumber>(),
});

/** A pocket, by its key. */
export interface PocketOfLedger {
  readonly pocketGroupId: string;
  readonly phoneNumber: PhoneNumber;
}

const POCKET_OF_LEDGER = rowOf({
  pocketGroupId: column.uuid(),
  phoneNumber: column.text<PhoneNumber>(),
});

/** The statements for one PostgreSQL server. */
const onOneServer = { lookUp, write };
const onItsShard = { lookUp: lookUpOnShard, write: writeOnShard };

function statementsOf(tx: Tx): typeof onOneServer | typeof onItsShard {
  return tx.isDistributed === true ? onItsShard : onOneServer;
}

/** The append-only ledger of each pocket group, on one PostgreSQL server or distributed over a Citus cluster. */
export class LedgerStore {
  constructor(private readonly database: Database) {}

  /**
   * Locks the existing pockets until the transaction ends, then looks up what their items need.
   *
   * @returns the current state. Another transaction may still create a pocket, or use a token for another pocket;
   *   `write` detects both.
   */
  lookUp(tx: Tx, pocketGroupId: string, wanted: Wanted): Promise<Ledger> {
    return statementsOf(tx).lookUp(tx, pocketGroupId, wanted, "LOCKED");
  }

  /** Like `lookUp`, without locks: the state may be outdated at once, so nothing must be written from it. */
  preview(tx: Tx, pocketGroupId: string, wanted: Wanted): Promise<Ledger> {
    return statementsOf(tx).lookUp(tx, pocketGroupId, wanted, "UNLOCKED");
  }

  /** How far the group's limits over time are used by the pockets of the items, which must be locked. */
  periodUsage(
    tx: Tx,
    pocketGroupId: string,
    limits: GroupLimits,
    items: readonly LedgerItem[],
    now: Instant,
  ): Promise<PeriodUsage> {
    return readPeriodUsage(tx, pocketGroupId, limits, items, now);
  }

  /**
   * Writes the entries and holds, creates the missing pockets, and updates the others. It must be the last work of the
   * transaction.
   *
   * @param ledger the result of `lookUp` in this transaction.
   * @returns the given result, possibly as a last statement that is sent with the commit.
   * @throws RestartTransaction if another transaction has used a token or created a pocket since the look-up.
   */
  write<T>(
    tx: Tx,
    pocketGroupId: string,
    ledger: Ledger,
    changes: LedgerChanges,
    result: T,
  ): Promise<T | LastStatement<T>> {
    return statementsOf(tx).write(tx, pocketGroupId, ledger, changes, result);
  }

  /** The phone numbers of the pockets in which these tokens were used. A token's pocket never changes. */
  async phoneNumbersOf(
    pocketGroupId: string,
    tokens: readonly UuidV7[],
  ): Promise<Map<UuidV7, PhoneNumber>> {
    const { pool } = this.database;
    const group = { column: "pocket_group_id", value: sql`${pocketGroupId}::uuid` };
    const listed = { column: "token", type: "uuid", values: tokens } as const;
    const source = await keyedRows(pool, LEDGER, [group], [listed]);
    const rows = await readRows(
      pool,
      POCKET_OF_TOKEN,
      sql`select pocket_ledger.token, pocket_ledger.phone_number as "phoneNumber" from ${source}`,
      "find_pockets_of_tokens",
    );
    return new Map(rows.map(({ token, phoneNumber }) => [token, phoneNumber]));
  }

  /** Pockets with holds that have expired and are stored as open, at most `limit`. */
  findExpired(limit: number): Promise<PocketOfLedger[]> {
    return readRows(
      this.database.pool,
      POCKET_OF_LEDGER,
      sql`select distinct pocket_group_id as "pocketGroupId", phone_number as "phoneNumber" from (
            select pocket_group_id, phone_number from pocket_holds
            where status = 'OPEN' and expires_at <= statement_timestamp()
            order by expires_at limit ${integer(limit)}
          ) as due`,
      "find_expired_pocket_holds",
    );
  }

  /** Whether one of the pockets, which the transaction must have locked, has an entry after this time. */
  async hasLaterEntries(
    tx: Tx,
    pocketGroupId: string,
    phoneNumbers: readonly PhoneNumber[],
    at: Instant,
  ): Promise<boolean> {
    const rows = await readRows(
      tx,
      FOUND,
      sql`select true as found from pocket_ledger
          where pocket_group_id = ${pocketGroupId}::uuid and phone_number = any(${phoneNumbers}::text[])
            and created_at > ${at}::timestamptz
          limit 1`,
    );
    return rows.length > 0;
  }
}
