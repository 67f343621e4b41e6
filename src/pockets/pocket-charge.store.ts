import { type Database, readRows } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import { byKey } from "../database/by-key.js";
import { type RowIn, column, rowOf } from "../database/row.js";
import { sql } from "../database/sql.js";
import type { LastStatement, Tx } from "../database/transaction.js";
import { rowsOf } from "../records/record.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { PhoneNumber } from "../shared/phone-number.js";
import type { UuidV7 } from "../shared/uuid.js";
import type { Ledger, LedgerChanges } from "./charge-settlement.js";
import * as onOneServer from "./charge-statements.store.js";
import * as onItsShard from "./distributed-charge.store.js";
import { type PocketCharge, pocketChargeRecord } from "./pocket-charge.record.js";
import { grantKey } from "./pocket-group.store.js";

/** The key of a charge to look up, and the merchant that requests it. */
export interface Trace {
  readonly pocketGroupId: string;
  readonly token: string;
  /** Null for an operator. */
  readonly merchantId: string | null;
}

export interface Traced {
  readonly isGranted: boolean;
  readonly charge: PocketCharge | null;
}

const CHARGE = rowsOf(pocketChargeRecord);
const FOUND = rowOf({ found: column.boolean() });
const TRACED = CHARGE.orMissing().with({ isGranted: column.boolean() });

function tracedOf({ isGranted, ...charge }: RowIn<typeof TRACED>): Traced {
  return { isGranted, charge: CHARGE.isWhole(charge) ? charge : null };
}

function statementsOf(tx: Tx): typeof onOneServer | typeof onItsShard {
  return tx.isDistributed === true ? onItsShard : onOneServer;
}

/** Pocket charges, on one PostgreSQL server or distributed over a Citus cluster. */
export class PocketChargeStore {
  constructor(private readonly database: Database) {}

  /**
   * Locks the existing pockets until the transaction ends, then looks up the charges with these tokens.
   *
   * @returns the current state. Another transaction may still create a pocket, or use a token for another pocket;
   *   `write` detects both.
   */
  lookUp(
    tx: Tx,
    pocketGroupId: string,
    phoneNumbers: readonly PhoneNumber[],
    tokens: readonly UuidV7[],
  ): Promise<Ledger> {
    return statementsOf(tx).lookUp(tx, pocketGroupId, phoneNumbers, tokens);
  }

  /**
   * Writes the charges, creates the missing pockets, and updates the balances of the others. It must be the last work
   * of the transaction.
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

  /** Whether one of the pockets, which the transaction must have locked, has a charge after this time. */
  async hasLaterCharges(
    tx: Tx,
    pocketGroupId: string,
    phoneNumbers: readonly PhoneNumber[],
    at: Instant,
  ): Promise<boolean> {
    const rows = await readRows(
      tx,
      FOUND,
      sql`select true as found from pocket_charges
          where pocket_group_id = ${pocketGroupId}::uuid and phone_number = any(${phoneNumbers}::text[])
            and created_at > ${at}::timestamptz
          limit 1`,
    );
    return rows.length > 0;
  }

  /** Finds charges by token, and whether their groups are granted. Returns them in the order of the traces. */
  async trace(traces: readonly Trace[]): Promise<Traced[]> {
    if (await isDistributed(this.database.pool)) {
      return Promise.all(traces.map((trace) => this.traceOnItsShard(trace)));
    }
    const column = (name: keyof Trace): (string | null)[] => traces.map((trace) => trace[name]);
    const rows = await readRows(
      this.database.pool,
      TRACED,
      sql`select grants.merchant_id is not null as "isGranted", ${pocketChargeRecord.columns}
          from unnest(${column("pocketGroupId")}::uuid[], ${column("token")}::uuid[],
                      ${column("merchantId")}::uuid[])
               with ordinality as wanted(pocket_group_id, token, merchant_id, place)
          left join lateral (
            select merchant_id from pocket_group_grants
            where ${grantKey(sql`wanted.merchant_id`, sql`wanted.pocket_group_id`)}
          ) as grants on true
          left join lateral (
            select * from pocket_charges
            where ${byKey(
              { column: "pocket_group_id", value: sql`wanted.pocket_group_id` },
              { column: "token", value: sql`wanted.token` },
            )}
          ) as pocket_charges on true
          order by wanted.place`,
      "trace_pocket_charges",
    );
    return rows.map(tracedOf);
  }

  private async traceOnItsShard({ pocketGroupId, token, merchantId }: Trace): Promise<Traced> {
    const rows = await readRows(
      this.database.pool,
      TRACED,
      sql`select exists (select from pocket_group_grants g
                         where g.merchant_id = ${merchantId}::uuid and g.pocket_group_id = ${pocketGroupId}::uuid)
                 as "isGranted", ${pocketChargeRecord.columns}
          from pocket_groups
          left join pocket_charges on pocket_charges.pocket_group_id = pocket_groups.id
                                   and pocket_charges.token = ${token}::uuid
          where pocket_groups.id = ${pocketGroupId}::uuid`,
      "trace_pocket_charge",
    );
    return tracedOf(present(rows[0], "a group, which is never deleted"));
  }
}
