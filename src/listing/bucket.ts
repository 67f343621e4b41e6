import { type Sql, integer, sql } from "../database/sql.js";

export type TimeBucketUnit = "HOUR" | "DAY" | "WEEK" | "MONTH" | "YEAR";

export interface TimeBucket {
  readonly unit: TimeBucketUnit;
  readonly timeZone: string;
}

/**
 * The start of the bucket that contains an instant: the latest boundary that is not after the instant.
 * Buckets are therefore half-open, do not overlap and cover all time, also across clock changes.
 *
 * - The boundary of a day, week, month or year is the first instant at which the local clock reads its
 *   first midnight or later. A clock that is set back over midnight does not end the current day.
 * - The boundaries of hours are the instants at which the local clock reads a full hour, and those at
 *   which it changes from one hour to another. An hour that occurs twice gives two buckets.
 *
 * The rule is exact for zones whose clocks do not change twice within two days.
 */
export function bucketStart(instant: Sql, { unit, timeZone }: TimeBucket): Sql {
  const clock: Clock = {
    local: (at) => sql`((${at}) at time zone ${timeZone}::text)`,
    inverse: (local) => sql`((${local}) at time zone ${timeZone}::text)`,
  };
  if (unit === "HOUR") return hourStart(instant, clock);
  if (unit === "DAY") return dayStart(instant, clock);
  return longStart(instant, unit, clock);
}

/**
 * The start of the bucket after one that begins at `start`: the end of that bucket. The interval is longer than each
 * bucket and shorter than two.
 */
export function nextBucketStart(start: Sql, unit: "DAY" | "MONTH", timeZone: string): Sql {
  const beyond = unit === "DAY" ? sql`interval '36 hours'` : sql`interval '1080 hours'`;
  return bucketStart(sql`(${start} + ${beyond})`, { unit, timeZone });
}

/**
 * The starts of the buckets of some instants, as a sorted array. Computing a start converts to local time many times,
 * so only the first and the last instant of each calendar unit are evaluated. A unit spans at most two buckets,
 * which happens when a clock is set back.
 *
 * @param rows a `from` clause, with its condition.
 * @param most the number of calendar units whose starts are computed.
 */
export function bucketStartsOf(column: Sql, rows: Sql, bucket: TimeBucket, most: number): Sql {
  const unit = sql`${bucket.unit.toLowerCase()}::text`;
  return sql`array(
    select distinct ${bucketStart(sql`edge`, bucket)}
    from (
      select min(${column}) as first_instant, max(${column}) as last_instant ${rows} and ${column} is not null
      group by date_trunc(${unit}, ${column} at time zone ${bucket.timeZone}::text) limit ${integer(most)}
    ) as label
    cross join lateral (values (first_instant), (last_instant)) as edges(edge)
    order by 1
  )`;
}

/** The bucket of an instant: the latest start that is not after it. */
export function bucketOf(instant: Sql, starts: Sql): Sql {
  return sql`(${starts})[width_bucket(${instant}, ${starts})]`;
}

/** The two directions of `at time zone`: from an instant to local time, and back. */
interface Clock {
  local(instant: Sql): Sql;
  inverse(local: Sql): Sql;
}

const DAY = sql`interval '24 hours'`;

/** If the clock did not change in the 24 hours before the day began, the instant's offset applies to its start. */
function dayStart(instant: Sql, clock: Clock): Sql {
  const local = clock.local(instant);
  const first = sql`date_trunc('day', ${local})`;
  const start = sql`(${instant} - (${local} - ${first}))`;
  return sql`case
    when ${clock.local(sql`${start} - ${DAY}`)} = ${first} - ${DAY} then ${start}
    else ${changedStart(instant, "DAY", clock)}
  end`;
}

/** PostgreSQL's start is correct if the clock did not change in the 24 hours before it, or before the instant. */
function longStart(instant: Sql, unit: TimeBucketUnit, clock: Clock): Sql {
  const local = clock.local(instant);
  const first = sql`date_trunc(${unit.toLowerCase()}::text, ${local})`;
  const start = clock.inverse(first);
  return sql`case
    when ${clock.local(sql`${instant} - ${DAY}`)} = ${local} - ${DAY}
      and ${clock.local(start)} = ${first}
      and ${clock.local(sql`${start} - ${DAY}`)} = ${first} - ${DAY} then ${start}
    else ${changedStart(instant, unit, clock)}
  end`;
}

/**
 * The start near one clock change. `old_start` and `new_start` are when the clock would read the first
 * midnight with the offset before or after the change; `next_start` is when it read the following midnight,
 * before it was set back.
 */
function changedStart(instant: Sql, unit: TimeBucketUnit, clock: Clock): Sql {
  const name = sql`${unit.toLowerCase()}::text`;
  const step = sql`('1 ' || ${name})::interval`;
  const shifted = (local: Sql, at: Sql): Sql =>
    sql`((${local} - (${clock.local(at)} - (${at} at time zone 'UTC'))) at time zone 'UTC')`;
  return sql`(
    select case
      when next_start <= ${instant} and ${clock.local(sql`next_start`)} = first + ${step} then next_start
      when ${clock.local(sql`least(old_start, new_start)`)} = first then least(old_start, new_start)
      when old_start <= new_start then new_start
      else ${firstAt(sql`new_start`, sql`old_start`, (at) => sql`${clock.local(at)} >= first`)}
    end
    from (select date_trunc(${name}, ${clock.local(instant)}) as first) as label
    cross join lateral (select ${clock.inverse(sql`first`)} as near) as naive
    cross join lateral (select
      ${shifted(sql`first`, sql`(near - ${DAY})`)} as old_start,
      ${shifted(sql`first`, sql`(near + ${DAY})`)} as new_start,
      ${shifted(sql`first + ${step}`, sql`(${instant} - ${DAY})`)} as next_start
    ) as starts
  )`;
}

/** If the clock did not change within the hour, it reads the full hour at the start. */
function hourStart(instant: Sql, clock: Clock): Sql {
  const local = clock.local(instant);
  const first = sql`date_trunc('hour', ${local})`;
  const start = sql`(${instant} - (${local} - ${first}))`;
  return sql`case
    when ${clock.local(start)} = ${first} then ${start}
    else ${changedHour(instant, clock)}
  end`;
}

/** The change is a boundary if it leads to another hour; otherwise the hour began before it. */
function changedHour(instant: Sql, clock: Clock): Sql {
  const local = clock.local(instant);
  const change = firstAt(
    sql`start`,
    sql`date_trunc('second', ${instant})`,
    (at) => sql`${clock.local(at)} - first = ${at} - start`,
  );
  const last = sql`(change - interval '1 microsecond')`;
  const before = clock.local(last);
  return sql`(
    select case
      when date_trunc('hour', ${before}) <> first or ${clock.local(sql`change`)} = first then change
      else ${last} - (${before} - date_trunc('hour', ${before}))
    end
    from (select date_trunc('hour', ${local}) as first) as label
    cross join lateral (select ${instant} - (${local} - first) as start) as naive
    cross join lateral (select ${change} as change) as changed
  )`;
}

/** The first second after `after`, up to `upTo`, at which a condition is met that then stays met. */
function firstAt(after: Sql, upTo: Sql, isMet: (at: Sql) => Sql): Sql {
  return sql`(
    select min(second)
    from (
      select min(minute) as minute
      from generate_series(
        ${after} + interval '1 minute', ${upTo} + interval '1 minute', interval '1 minute'
      ) as minute
      where ${isMet(sql`minute`)}
    ) as found
    cross join lateral generate_series(
      minute - interval '59 seconds', minute, interval '1 second'
    ) as second
    where ${isMet(sql`second`)}
  )`;
}
