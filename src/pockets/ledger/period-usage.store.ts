import { exactly } from "../../database/by-key.js";
import { readRows } from "../../database/database.js";
import { column, rowOf } from "../../database/row.js";
import { sql, unnest } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import { bucketStart, nextBucketStart } from "../../listing/bucket.js";
import { MAX_AMOUNT } from "../../shared/amount.js";
import type { Instant } from "../../shared/instant.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { GroupLimits, LedgerItem } from "./item.js";
import { type PeriodLimit, type PocketPeriodLimitKind, windowKey } from "./period-limit.js";
import { PeriodUsage, type WindowUsage } from "./period-usage.js";

const USAGE = rowOf({
  kind: column.text<PocketPeriodLimitKind>(),
  period: column.text<PeriodLimit["period"]>(),
  hours: column.nullable(column.integer()),
  phoneNumber: column.text<PhoneNumber>(),
  startsAt: column.timestamp(),
  endsAt: column.nullable(column.timestamp()),
  sum: column.bigint(),
  count: column.bigint(),
  firstAt: column.nullable(column.timestamp()),
});

/**
 * Reads how far the limits over time of a group are used by the pockets of some items, which the transaction must have
 * locked. Reads nothing if the group has no limit for what the items do.
 *
 * @param now the time of the items.
 */
export async function readPeriodUsage(
  tx: Tx,
  pocketGroupId: string,
  { periodLimits, timeZone }: GroupLimits,
  items: readonly LedgerItem[],
  now: Instant,
): Promise<PeriodUsage> {
  if (periodLimits.length === 0) return new PeriodUsage([], [], now);
  const wanted = items.map((item) => ({ kind: countedAs(item), phoneNumber: item.phoneNumber }));
  const limits = periodLimits.filter(({ kind }) => wanted.some((one) => one.kind === kind));
  const phoneNumbers = wanted.flatMap(({ kind, phoneNumber }) =>
    phoneNumber !== null && limits.some((limit) => limit.kind === kind) ? [phoneNumber] : [],
  );
  const usages =
    phoneNumbers.length === 0
      ? []
      : await readUsages(tx, pocketGroupId, limits, [...new Set(phoneNumbers)], timeZone, now);
  return new PeriodUsage(limits, usages, now);
}

/** The kind of limits that an item must keep. Captures count when their hold is made. */
function countedAs({ kind }: LedgerItem): PocketPeriodLimitKind | null {
  if (kind === "CHARGE") return "CHARGE";
  return kind === "DEBIT" || kind === "HOLD" ? "DEBIT" : null;
}

/**
 * One row for each window and pocket. Days and months begin as the buckets of groupings do. Rolling hours begin right
 * after the time from which an entry no longer counts. A hold counts with its amount while it is open, and later with
 * what was captured.
 */
function readUsages(
  tx: Tx,
  pocketGroupId: string,
  limits: readonly PeriodLimit[],
  phoneNumbers: readonly PhoneNumber[],
  timeZone: string,
  now: Instant,
): Promise<WindowUsage[]> {
  const windows = [...new Map(limits.map((limit) => [windowKey(limit), limit])).values()];
  const group = sql`${pocketGroupId}::uuid`;
  const start = (unit: "DAY" | "MONTH") => bucketStart(sql`clock.now`, { unit, timeZone });
  return readRows(
    tx,
    USAGE,
    sql`
    select period.kind, period.period, period.hours, pocket.phone_number as "phoneNumber",
           period.starts_at as "startsAt", period.ends_at as "endsAt",
           used.sum, used.count, used.first_at as "firstAt"
    from (
      select given.kind, given.period, given.hours,
             case given.period when 'DAY' then started.day when 'MONTH' then started.month
               else clock.now - make_interval(hours => given.hours) + interval '1 microsecond' end as starts_at,
             case given.period when 'DAY' then ended.day when 'MONTH' then ended.month end as ends_at
      from (select ${now}::timestamptz as now) as clock
      cross join lateral (select ${start("DAY")} as day, ${start("MONTH")} as month offset 0) as started
      cross join lateral (
        select ${nextBucketStart(sql`started.day`, "DAY", timeZone)} as day,
               ${nextBucketStart(sql`started.month`, "MONTH", timeZone)} as month offset 0
      ) as ended
      cross join ${unnest(
        sql`${windows.map(({ kind }) => kind)}::text[]`,
        sql`${windows.map(({ period }) => period)}::text[]`,
        sql`${windows.map(({ hours }) => hours)}::int[]`,
      )} as given(kind, period, hours)
    ) as period
    cross join ${unnest(sql`${phoneNumbers}::text[]`)} as pocket(phone_number)
    cross join lateral (
      select least(coalesce(sum(item.amount), 0), ${MAX_AMOUNT}::bigint)::bigint as sum,
             count(*) as count, min(item.created_at) as first_at
      from (
        (select abs(l.amount) as amount, l.created_at from pocket_ledger l
         where l.pocket_group_id = ${group} and ${exactly(sql`l.phone_number`, sql`pocket.phone_number`)}
           and l.created_at >= period.starts_at and l.kind = period.kind and l.pocket_hold_id is null
         order by l.phone_number, l.created_at)
        union all
        (select counted.amount, h.created_at from pocket_holds h
         cross join lateral (select case
           when h.status = 'OPEN' and (h.expires_at is null or h.expires_at > ${now}::timestamptz) then h.amount
           else h.captured_amount end as amount) as counted
         where period.kind = 'DEBIT' and counted.amount > 0
           and h.pocket_group_id = ${group} and ${exactly(sql`h.phone_number`, sql`pocket.phone_number`)}
           and h.created_at >= period.starts_at
         order by h.phone_number, h.created_at)
      ) as item
    ) as used`,
    "read_period_usage",
  );
}
