import { sql } from "../database/sql.js";
import type { Check } from "./check.js";

/** The rule for the rollups of one merchant's entries. */
export const ROLLUP_CHECKS: readonly Check[] = [
  {
    name: "ledger-rollup",
    meaning:
      "The rollups of entries have the counts, sums and extremes of all entries below the position that they have reached. Aggregates of lists are wrong. A rollup, its entries or the position was changed manually.",
    find: (merchant) => sql`
      select 'ledger rollup' as record, pocket_group_id::text as id,
             format('The %s from %s has %s entries of kind %s with the sum %s, and its rollup %s with %s.',
                    lower(span collate "C"), created_at, coalesce(e.entry_count, 0), kind,
                    coalesce(e.amount_sum, 0), coalesce(r.entry_count, 0), coalesce(r.amount_sum, 0)) as problem
      from (select * from pocket_ledger_rollups where merchant_id = ${merchant}::uuid) r
      full join (
        select span, pocket_group_id, kind, start as created_at, count(*) as entry_count, sum(amount) as amount_sum,
               min(amount) as amount_min, max(amount) as amount_max, min(created_at) as created_at_min,
               max(created_at) as created_at_max
        from pocket_ledger
        cross join lateral (values
          ('QUARTER', date_trunc('hour', created_at)
             + interval '15 minutes' * floor(extract(minute from created_at) / 15)),
          ('DAY', date_trunc('day', created_at, 'UTC'))) as spans(span, start)
        where merchant_id = ${merchant}::uuid and kind in ('CHARGE', 'DEBIT', 'REVERSAL', 'EXPIRY')
          and position < coalesce((select position from pocket_ledger_rollup_progress), 0)
        group by 1, 2, 3, 4
      ) e using (span, pocket_group_id, created_at, kind)
      where (r.entry_count, r.amount_sum, r.amount_min, r.amount_max, r.created_at_min, r.created_at_max)
        is distinct from (e.entry_count, e.amount_sum, e.amount_min, e.amount_max, e.created_at_min, e.created_at_max)`,
  },
];
