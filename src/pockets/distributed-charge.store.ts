import { matchesKeys } from "../database/by-key.js";
import { execute, readRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { join, sql } from "../database/sql.js";
import { RestartTransaction, type Tx, waitForAll } from "../database/transaction.js";
import { findRows } from "../records/record.js";
import { assert, present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { PhoneNumber } from "../shared/phone-number.js";
import { newId } from "../shared/uuid.js";
import type { Ledger, LedgerChanges } from "./charge-settlement.js";
import { type PocketCharge, pocketChargeRecord } from "./pocket-charge.record.js";

const LOCKED_POCKET = rowOf({ phoneNumber: column.text<PhoneNumber>(), balance: column.bigint() });
const CLOCK = rowOf({ now: column.timestamp() });

/** Implements `PocketChargeStore.lookUp`. Three statements are sent together and run one after the other. */
export async function lookUp(
  tx: Tx,
  pocketGroupId: string,
  phoneNumbers: readonly PhoneNumber[],
  tokens: readonly string[],
): Promise<Ledger> {
  const group = { column: "pocket_group_id", value: sql`${pocketGroupId}::uuid` };
  const numbersAre = { column: "phone_number", type: "text", values: phoneNumbers } as const;
  const tokensAre = { column: "token", type: "uuid", values: tokens } as const;
  const [locked, charges, [clock]] = await waitForAll(
    readRows(
      tx,
      LOCKED_POCKET,
      sql`select phone_number as "phoneNumber", balance from pockets
          where ${matchesKeys([group], [numbersAre])} order by phone_number for no key update`,
      "lock_pockets",
    ),
    // After the locks, as on a single PostgreSQL server.
    findRows(
      tx,
      pocketChargeRecord,
      matchesKeys([group], [tokensAre]),
      "find_pocket_charges_by_tokens",
    ),
    readRows(tx, CLOCK, sql`select statement_timestamp() as now`),
  );
  const balances = new Map(locked.map(({ phoneNumber, balance }) => [phoneNumber, balance]));
  return { balances, charges, now: present(clock, "the time").now };
}

/**
 * Implements `PocketChargeStore.write` in three statements, each of which Citus forwards unchanged to the group's node.
 * A single statement with several writing parts would send rows between all nodes and need a two-phase commit. The
 * written rows are counted here, before the commit is sent.
 */
export async function write<T>(
  tx: Tx,
  pocketGroupId: string,
  { balances, now }: Ledger,
  { newCharges, newBalances }: LedgerChanges,
  result: T,
): Promise<T> {
  const created = [...newBalances].filter(([number]) => !balances.has(number));
  const updated = [...newBalances].filter(([number]) => balances.has(number));
  const [pocketCount, chargeCount, updatedCount] = await waitForAll(
    created.length === 0 ? 0 : insertPockets(tx, pocketGroupId, created, now),
    insertCharges(tx, pocketGroupId, newCharges, now),
    updated.length === 0 ? 0 : updateBalances(tx, pocketGroupId, updated, now),
  );
  if (pocketCount < created.length || chargeCount < newCharges.length) {
    throw new RestartTransaction("another request has created a pocket or used a token");
  }
  assert(updatedCount === updated.length, "a locked pocket does not exist");
  return result;
}

type PocketBalance = readonly [phoneNumber: PhoneNumber, balance: number];

/** Inserts in the order of phone numbers, which is the order of locks. */
function insertPockets(
  tx: Tx,
  pocketGroupId: string,
  created: readonly PocketBalance[],
  now: Instant,
): Promise<number> {
  const rows = created.toSorted(byFirst).map(
    ([number, balance]) => sql`(${pocketGroupId}::uuid, ${newId()}::uuid, ${number},
        ${balance}::bigint, ${now}::timestamptz, ${now}::timestamptz)`,
  );
  return execute(
    tx,
    sql`insert into pockets (pocket_group_id, id, phone_number, balance, created_at, updated_at)
        values ${join(rows, ", ")}
        on conflict (pocket_group_id, phone_number) do nothing`,
  );
}

/** Inserts in the order of tokens, which is the order of locks. */
function insertCharges(
  tx: Tx,
  pocketGroupId: string,
  charges: readonly PocketCharge[],
  now: Instant,
): Promise<number> {
  const rows = charges
    .toSorted((a, b) => byFirst([a.token], [b.token]))
    .map(
      (
        one,
      ) => sql`(${pocketGroupId}::uuid, ${one.id}::uuid, ${one.token}::uuid, ${one.merchantId}::uuid,
        ${one.phoneNumber}, ${one.amount}::bigint, ${one.balanceAfter}::bigint, ${now}::timestamptz)`,
    );
  return execute(
    tx,
    sql`insert into pocket_charges
          (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
        values ${join(rows, ", ")}
        on conflict (pocket_group_id, token) do nothing`,
  );
}

function updateBalances(
  tx: Tx,
  pocketGroupId: string,
  updated: readonly PocketBalance[],
  now: Instant,
): Promise<number> {
  return execute(
    tx,
    sql`update pockets p set balance = m.balance, updated_at = ${now}::timestamptz
        from unnest(${updated.map(([number]) => number)}::text[],
                    ${updated.map(([, balance]) => balance)}::bigint[]) as m(phone_number, balance)
        where p.pocket_group_id = ${pocketGroupId}::uuid and p.phone_number = m.phone_number`,
  );
}

function byFirst(
  [a]: readonly [string, ...unknown[]],
  [b]: readonly [string, ...unknown[]],
): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
