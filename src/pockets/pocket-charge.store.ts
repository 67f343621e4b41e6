import { type Database, type Queryable, readRows, writeRows } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import { type KeyPart, areByKeys, byKey } from "../database/by-key.js";
import { sql } from "../database/sql.js";
import { isDivisionByZero } from "../database/failure.js";
import { type RowIn, column, rowOf } from "../database/row.js";
import { StartAgain, type Tx } from "../database/transaction.js";
import { findByKeys, rowsOf } from "../records/record.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { PhoneNumber } from "../shared/phone-number.js";
import { newId } from "../shared/uuid.js";
import { type PocketCharge, pocketChargeRecord } from "./pocket-charge.record.js";
import { grantKey } from "./pocket-group.store.js";
import type { NewCharge } from "./settle-charges.js";

/**
 * The statements of a charge. All are for one pocket group, whose id leads every condition, so that
 * a sharded database runs each of them on one shard.
 *
 * Locks are taken in one order by everybody, so that no two transactions wait for each other: first
 * the pockets that are there, by phone number; then those to be made, by phone number; then the
 * tokens, in their own order. No transaction goes back to an earlier kind.
 */
/** Whom a charge is looked for, and by which token. */
export interface Trace {
  readonly pocketGroupId: string;
  readonly token: string;
  /** null for an operator. */
  readonly merchantId: string | null;
}

export interface Traced {
  readonly isGranted: boolean;
  readonly charge: PocketCharge | null;
}

const CHARGE = rowsOf(pocketChargeRecord);
const TRACED = CHARGE.orMissing().with({ isGranted: column.boolean() });

function tracedOf({ isGranted, ...charge }: RowIn<typeof TRACED>): Traced {
  return { isGranted, charge: CHARGE.isWhole(charge) ? charge : null };
}

const LOCKED_POCKET = rowOf({ phoneNumber: column.text<PhoneNumber>(), balance: column.bigint() });

function groupIs(pocketGroupId: string): KeyPart {
  return { column: "pocket_group_id", value: sql`${pocketGroupId}::uuid` };
}

export class PocketChargeStore {
  constructor(private readonly database: Database) {}

  /** @returns the balances of the pockets that are there. They stay as they are until the transaction ends. */
  async lockPockets(
    tx: Tx,
    pocketGroupId: string,
    phoneNumbers: readonly PhoneNumber[],
  ): Promise<Map<PhoneNumber, number>> {
    const group = groupIs(pocketGroupId);
    const listed = { column: "phone_number", type: "text", values: phoneNumbers } as const;
    const locked =
      tx.isDistributed === true
        ? sql`pockets where ${areByKeys([group], [listed])} order by phone_number for no key update`
        : sql`(select phone_number from unnest(${phoneNumbers}::text[]) as given(phone_number)
               order by phone_number) as wanted
              cross join lateral (
                select phone_number, balance from pockets
                where ${byKey(group, { column: "phone_number", value: sql`wanted.phone_number` })}
                for no key update
              ) as pockets`;
    const rows = await readRows(
      tx,
      LOCKED_POCKET,
      sql`select pockets.phone_number as "phoneNumber", pockets.balance from ${locked}`,
      "lock_pockets",
    );
    return new Map(rows.map(({ phoneNumber, balance }) => [phoneNumber, balance]));
  }

  /**
   * The charges that have used one of the tokens. In a transaction this is a statement of its own,
   * after the locks: a statement that waits for a lock goes on with what it saw before the wait, and
   * would miss a charge committed meanwhile.
   */
  findByTokens(
    on: Queryable,
    pocketGroupId: string,
    tokens: readonly string[],
  ): Promise<PocketCharge[]> {
    return findByKeys(
      on,
      pocketChargeRecord,
      [groupIs(pocketGroupId)],
      [{ column: "token", type: "uuid", values: tokens }],
      "find_pocket_charges_by_tokens",
    );
  }

  /** Charges by their tokens, and whether their groups are granted, as of one moment; in the traces' order. */
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
    return tracedOf(present(rows[0], "a group, which is never removed"));
  }

  /**
   * Writes charges, makes the pockets that are missing, and moves the balances of the others, all in
   * one statement. Each step begins when the one before has written all its rows. A statement that could
   * not write them all fails, by a division by zero, so that a commit sent behind it commits nothing.
   *
   * @param balances the balance that each pocket ends with.
   * @param locked the pockets that were there and are locked; the others are made.
   * @returns when the charges were made: after the locks were taken, so that the times of a pocket's
   *   charges are in the order of its balances.
   * @throws StartAgain when another transaction has used a token or made a pocket since they were read.
   */
  async write(
    tx: Tx,
    pocketGroupId: string,
    newCharges: readonly NewCharge[],
    balances: ReadonlyMap<PhoneNumber, number>,
    locked: ReadonlyMap<PhoneNumber, number>,
  ): Promise<Instant> {
    const opened = [...balances].filter(([phoneNumber]) => !locked.has(phoneNumber));
    const moved = [...balances].filter(([phoneNumber]) => locked.has(phoneNumber));
    const rows = await writeRows(
      tx,
      rowOf({ createdAt: column.timestamp() }),
      sql`
        with opened as (
          insert into pockets (pocket_group_id, id, phone_number, balance, created_at, updated_at)
          select ${pocketGroupId}::uuid, p.id, p.phone_number, p.balance, statement_timestamp(), statement_timestamp()
          from unnest(${opened.map(newId)}::uuid[], ${opened.map(([phoneNumber]) => phoneNumber)}::text[],
                      ${opened.map(([, balance]) => balance)}::bigint[]) as p(id, phone_number, balance)
          order by p.phone_number
          on conflict (pocket_group_id, phone_number) do nothing
          returning id
        ), made as (
          insert into pocket_charges
            (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
          select ${pocketGroupId}::uuid, c.id, c.token, c.merchant_id, c.phone_number, c.amount, c.balance_after,
                 statement_timestamp()
          from unnest(${newCharges.map(({ id }) => id)}::uuid[], ${newCharges.map(({ token }) => token)}::uuid[],
                      ${newCharges.map(({ merchantId }) => merchantId)}::uuid[],
                      ${newCharges.map(({ phoneNumber }) => phoneNumber)}::text[],
                      ${newCharges.map(({ amount }) => amount)}::bigint[],
                      ${newCharges.map(({ balanceAfter }) => balanceAfter)}::bigint[])
                 as c(id, token, merchant_id, phone_number, amount, balance_after)
          where (select count(*) from opened) = ${opened.length}::bigint
          order by c.token
          on conflict (pocket_group_id, token) do nothing
          returning id
        ), moved as (
          update pockets p set balance = m.balance, updated_at = statement_timestamp()
          from unnest(${moved.map(([phoneNumber]) => phoneNumber)}::text[],
                      ${moved.map(([, balance]) => balance)}::bigint[]) as m(phone_number, balance)
          -- The rows are locked, so their ctid cannot change.
          cross join lateral (
            select ctid from pockets
            where ${byKey(groupIs(pocketGroupId), { column: "phone_number", value: sql`m.phone_number` })}
          ) as found
          where p.ctid = found.ctid and (select count(*) from made) = ${newCharges.length}::bigint
        )
        select statement_timestamp() as "createdAt",
               1 / ((select count(*) from opened) = ${opened.length}::bigint
                    and (select count(*) from made) = ${newCharges.length}::bigint)::int as whole`,
      "write_pocket_charges",
    ).catch((error: unknown) => {
      throw isDivisionByZero(error)
        ? new StartAgain("another request made a pocket or used a token meanwhile")
        : error;
    });
    return present(rows[0], "the answer of the statement").createdAt;
  }
}
