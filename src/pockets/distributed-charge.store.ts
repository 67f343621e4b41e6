import { execute, readRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { join, sql } from "../database/sql.js";
import { StartAgain, type Tx, together } from "../database/transaction.js";
import { assert, present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { PhoneNumber } from "../shared/phone-number.js";
import { newId } from "../shared/uuid.js";
import type { NewCharge } from "./settle-charges.js";

/** The moment of a statement that is sent behind the locks: they are held then. */
export async function momentOf(tx: Tx): Promise<Instant> {
  const now = sql`select statement_timestamp() as now`;
  return present((await readRows(tx, rowOf({ now: column.timestamp() }), now))[0], "the time").now;
}

/**
 * `PocketChargeStore.write` for Citus: three statements, each of which the group's own node runs as it is.
 * Citus would take the parts of one statement apart, carry rows between all nodes, and prepare the commit
 * on each. Their rows are counted here, before the commit is sent.
 *
 * @param now when the charges are made: after the locks were taken.
 * @throws StartAgain when another transaction has used a token or made a pocket since they were read.
 */
export async function writeOnItsShard(
  tx: Tx,
  pocketGroupId: string,
  newCharges: readonly NewCharge[],
  balances: ReadonlyMap<PhoneNumber, number>,
  locked: ReadonlyMap<PhoneNumber, number>,
  now: Instant,
): Promise<void> {
  // The order of locks, as everywhere: new pockets by phone number, then tokens.
  const opened = [...balances].filter(([number]) => !locked.has(number)).sort(byFirst);
  const moved = [...balances].filter(([number]) => locked.has(number));
  const made = [...newCharges].sort((a, b) => byFirst([a.token], [b.token]));
  const group = sql`${pocketGroupId}::uuid`;
  const openedRows = opened.map(
    ([number, balance]) =>
      sql`(${group}, ${newId()}::uuid, ${number}, ${balance}::bigint, ${now}::timestamptz, ${now}::timestamptz)`,
  );
  const madeRows = made.map(
    (one) => sql`(${group}, ${one.id}::uuid, ${one.token}::uuid, ${one.merchantId}::uuid,
      ${one.phoneNumber}, ${one.amount}::bigint, ${one.balanceAfter}::bigint, ${now}::timestamptz)`,
  );
  const counts = await together(
    openedRows.length === 0
      ? 0
      : execute(
          tx,
          sql`insert into pockets (pocket_group_id, id, phone_number, balance, created_at, updated_at)
              values ${join(openedRows, ", ")}
              on conflict (pocket_group_id, phone_number) do nothing`,
        ),
    execute(
      tx,
      sql`insert into pocket_charges
            (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
          values ${join(madeRows, ", ")}
          on conflict (pocket_group_id, token) do nothing`,
    ),
    moved.length === 0
      ? 0
      : execute(
          tx,
          sql`update pockets p set balance = m.balance, updated_at = ${now}::timestamptz
              from unnest(${moved.map(([number]) => number)}::text[], ${moved.map(([, balance]) => balance)}::bigint[])
                   as m(phone_number, balance)
              where p.pocket_group_id = ${group} and p.phone_number = m.phone_number`,
        ),
  );
  if (counts[0] < opened.length || counts[1] < made.length) {
    throw new StartAgain("another request made a pocket or used a token meanwhile");
  }
  assert(counts[2] === moved.length, "a locked pocket is not there");
}

function byFirst(
  [a]: readonly [string, ...unknown[]],
  [b]: readonly [string, ...unknown[]],
): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
