import { type ReadSource, type ReadingRequest, readsFrom } from "../database/request-reads.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, join, sql } from "../database/sql.js";
import { readForParents } from "../listing/parent.js";
import { pathAlong } from "../listing/visible.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { StatementKey, StatementPart } from "./pocket-statement.js";
import type { PocketKey } from "./pocket.store.js";

/** A pocket and a time. */
export interface BalanceKey extends PocketKey {
  readonly time: Instant;
}

/** A request whose reads may come from a replica as long as it has written nothing. */
export interface StatementRequest extends ReadingRequest {
  readonly hasWritten: boolean;
}

const BALANCE = rowOf({ balance: column.bigint() });
const PART = rowOf({
  part: column.text<StatementPart["part"]>(),
  isVisible: column.boolean(),
  count: column.integer(),
  sum: column.text(),
});

/**
 * Reads balances of the past. Each entry has the balance after it, and the index on a pocket's entries by time finds
 * the last one before a time.
 */
export class PocketStatementStore {
  constructor(private readonly source: ReadSource) {}

  /** The balance of each pocket at its time, including the entries made then. */
  async balancesAt(request: StatementRequest, keys: readonly BalanceKey[]): Promise<number[]> {
    const rows = await readForParents(
      readsFrom(this.source, request, !request.hasWritten),
      BALANCE,
      { types: ["uuid", "text", "text"], fixed: () => [] },
      keys.map(({ pocketGroupId, phoneNumber, time }) => [pocketGroupId, phoneNumber, time]),
      (key, isDistributed) => ({
        select: sql`l.balance_after as balance`,
        rest: lastEntry(key, sql`l.created_at <= ${key[2]}::timestamptz`, isDistributed),
      }),
      true,
    );
    return rows.map(([last]) => last?.balance ?? 0);
  }

  /**
   * The parts of each statement, in one statement so that they add up.
   *
   * @param hasTotals whether to sum the entries, which reads all of the interval.
   */
  readStatements(
    request: StatementRequest,
    keys: readonly StatementKey[],
    hasTotals: boolean,
    merchantId: string | null,
  ): Promise<StatementPart[][]> {
    return readForParents(
      readsFrom(this.source, request, !request.hasWritten),
      PART,
      { types: ["uuid", "text", "text", "text"], fixed: () => [] },
      keys.map(({ pocketGroupId, phoneNumber, from, to }) => [
        ...[pocketGroupId, phoneNumber, from, to],
      ]),
      (key, isDistributed) => {
        const totals = hasTotals ? [totalsOf(key, isDistributed, merchantId)] : [];
        const parts = [...balancesOf(key, isDistributed), ...totals];
        return {
          select: sql`parts.part, parts.is_visible as "isVisible", parts.count, parts.sum`,
          rest: sql`from (${join(parts, " union all ")}) as parts`,
        };
      },
      true,
    );
  }
}

/** The opening and the closing balance. */
function balancesOf(key: readonly Sql[], isDistributed: boolean): Sql[] {
  const ends = [
    { part: "OPENING", time: key[2] },
    { part: "CLOSING", time: key[3] },
  ];
  return ends.map(
    ({ part, time }) => sql`(
      select ${part}::text as part, true as is_visible, 0 as count, l.balance_after::text as sum
      ${lastEntry(key, sql`l.created_at < ${time}::timestamptz`, isDistributed)})`,
  );
}

/** The last entry of a pocket that meets a condition. Entries of one transaction have the same time, and ids in order. */
function lastEntry(key: readonly Sql[], condition: Sql, isDistributed: boolean): Sql {
  const path = pathOf(key, isDistributed);
  return sql`from pocket_ledger l where ${path.condition} and ${condition}
    order by ${path.order("DESC")}l.created_at desc, l.id desc limit 1`;
}

/** The sums of the entries, of those that the caller may see and of the others. */
function totalsOf(key: readonly Sql[], isDistributed: boolean, merchantId: string | null): Sql {
  const path = pathOf(key, isDistributed);
  const merchant = sql`${merchantId}::uuid`;
  return sql`(
    select l.kind as part, ${merchant} is null or l.merchant_id = ${merchant} as is_visible,
           count(*)::int as count, sum(l.amount)::text as sum
    from (
      select l.kind, l.merchant_id, l.amount from pocket_ledger l
      where ${path.condition} and l.kind <> 'HOLD'
        and l.created_at >= ${key[2]}::timestamptz and l.created_at < ${key[3]}::timestamptz
      order by ${path.order("ASC")}l.created_at, l.id
    ) as l
    group by 1, 2)`;
}

function pathOf([groupId, phoneNumber]: readonly Sql[], isDistributed: boolean) {
  return pathAlong(
    [
      { column: sql`l.pocket_group_id`, value: present(groupId, "the group") },
      { column: sql`l.phone_number`, value: present(phoneNumber, "the phone number") },
    ],
    isDistributed,
  );
}
