import { matchesKeys } from "../../database/by-key.js";
import { readRows } from "../../database/database.js";
import { sql } from "../../database/sql.js";
import { type Tx, waitForAll } from "../../database/transaction.js";
import { present } from "../../shared/assert.js";
import type { Wanted } from "./item.js";
import type { Ledger } from "./ledger.js";
import {
  ENTRY_COLUMNS,
  FOR,
  HOLD_COLUMNS,
  LEDGER_ENTRY,
  LOCKED_POCKET,
  PLACE,
  POCKET_HOLD,
  type PocketLocks,
  REVERSED,
  STATEMENT_NAMES,
  USED_REFERENCE,
  isHeld,
  lockedPockets,
  positionAfter,
  reversedAmounts,
  timeAfter,
} from "./ledger-rows.store.js";

/** Implements `LedgerStore.lookUp`. The statements are sent together and run one after the other. */
export async function lookUp(
  tx: Tx,
  pocketGroupId: string,
  { phoneNumbers, tokens, reversedTokens, references, needsHolds }: Wanted,
  locks: PocketLocks,
): Promise<Ledger> {
  const group = { column: "pocket_group_id", value: sql`${pocketGroupId}::uuid` };
  const numbersAre = { column: "phone_number", type: "text", values: phoneNumbers } as const;
  const tokensAre = { column: "token", type: "uuid", values: tokens } as const;
  const reversedAre = { column: "token", type: "uuid", values: reversedTokens } as const;
  const holdsOf = () =>
    readRows(
      tx,
      POCKET_HOLD,
      sql`select ${HOLD_COLUMNS} from pocket_holds
          where pocket_group_id = ${group.value}
            and (token = any(${tokens}::uuid[])
                 or status = 'OPEN' and phone_number = any(${phoneNumbers}::text[])
                    and expires_at <= statement_timestamp())`,
      "find_pocket_holds",
    );
  const [locked, entries, holds, reversed, usedReferences, places] = await waitForAll(
    readRows(
      tx,
      LOCKED_POCKET,
      sql`select phone_number as "phoneNumber", balance, held_amount as "heldAmount",
                 freeze_scope as "freezeScope", event_count as "eventCount", event_position as "eventPosition",
                 updated_at >= clock_timestamp() as "isAhead"
          from pockets
          where ${matchesKeys([group], [numbersAre])} order by phone_number ${FOR[locks]}`,
      STATEMENT_NAMES[locks],
    ),
    // After the locks, as on a single PostgreSQL server.
    readRows(
      tx,
      LEDGER_ENTRY,
      sql`select ${ENTRY_COLUMNS} from pocket_ledger where ${matchesKeys([group], [tokensAre])}`,
      "find_ledger_entries_by_tokens",
    ),
    needsHolds === "ALWAYS" ? holdsOf() : [],
    reversedTokens.length === 0
      ? []
      : readRows(
          tx,
          REVERSED,
          sql`select r.reversal_of_id as id, sum(abs(r.amount))::bigint as amount from pocket_ledger r
              where r.pocket_group_id = ${group.value} and r.reversal_of_id in (
                select id from pocket_ledger where ${matchesKeys([group], [reversedAre])})
              group by r.reversal_of_id`,
          "sum_pocket_reversals",
        ),
    references.length === 0
      ? []
      : readRows(
          tx,
          USED_REFERENCE,
          sql`select merchant_id as "merchantId", unique_reference as reference from pocket_ledger
              where pocket_group_id = ${group.value}
                and (merchant_id, unique_reference) in (
                  select * from unnest(${references.map(({ merchantId }) => merchantId)}::uuid[],
                                       ${references.map(({ reference }) => reference)}::text[]))`,
          "find_used_references",
        ),
    readRows(tx, PLACE, sql`select statement_timestamp() as now, event_position() as position`),
  );
  const place = present(places[0], "the time and the position");
  return {
    ...{ pockets: lockedPockets(locked), entries },
    holds: needsHolds === "IF_HELD" && locked.some(isHeld) ? await holdsOf() : holds,
    reversedAmounts: reversedAmounts(reversed),
    usedReferences,
    now: await timeAfter(tx, pocketGroupId, locked, place.now),
    position: positionAfter(locked, place.position),
  };
}
