import { firstDayOf } from "../shared/recent.js";
import {
  type LocalDay,
  addDays,
  addMonths,
  dayOf,
  daysBetween,
  isDay,
  startOf,
} from "./local-days.js";

export const RANGE_NAMES = ["7d", "30d", "month", "12m", "custom"] as const;
export type RangeName = (typeof RANGE_NAMES)[number];
export type Unit = "DAY" | "MONTH";

/** More days than these are too many to tell apart on a chart, and come near the server's limit of 1,000 groups. */
const MAX_DAYS_BY_DAY = 400;
const MAX_DAYS = 50 * 366;

/** What the person selected, as it is in the address. */
export interface RangeChoice {
  readonly name: RangeName;
  readonly unit: Unit | null;
  /** The days of a custom range, as they were entered. */
  readonly from: string;
  readonly to: string;
}

/** A range of whole days in the viewer's time zone, divided into days or months. */
export interface Range {
  readonly firstDay: LocalDay;
  readonly lastDay: LocalDay;
  readonly unit: Unit;
  /** Whether the range is short enough to be shown by day. */
  readonly allowsDays: boolean;
  /** Contains the instants of the range, for the filter of a time. */
  readonly times: { readonly gte: string; readonly lt: string };
  /** The first day of each bucket, without gaps. The first month may begin before the range. */
  readonly buckets: readonly LocalDay[];
}

/** @returns what is wrong with a custom range, as a sentence for the person. */
export function problemOf({ name, from, to }: RangeChoice): string | null {
  if (name !== "custom") return null;
  if (!isDay(from) || !isDay(to)) return "Enter the first and the last day.";
  if (from > to) return "The last day must not be before the first day.";
  return daysBetween(from, to) > MAX_DAYS ? "Enter a range of at most 50 years." : null;
}

/** @param choice has no problem. */
export function rangeOf(choice: RangeChoice, today: LocalDay): Range {
  const [firstDay, lastDay] = endsOf(choice, today);
  const days = daysBetween(firstDay, lastDay);
  const allowsDays = days <= MAX_DAYS_BY_DAY;
  const unit = allowsDays ? (choice.unit ?? (days <= 92 ? "DAY" : "MONTH")) : "MONTH";
  const times = {
    gte: startOf(firstDay).toISOString(),
    lt: startOf(addDays(lastDay, 1)).toISOString(),
  };
  return {
    ...{ firstDay, lastDay, unit, allowsDays, times },
    buckets: bucketsOf(firstDay, lastDay, unit),
  };
}

function endsOf({ name, from, to }: RangeChoice, today: LocalDay): [LocalDay, LocalDay] {
  return name === "custom" ? [from, to] : [dayOf(firstDayOf(name, startOf(today))), today];
}

function bucketsOf(firstDay: LocalDay, lastDay: LocalDay, unit: Unit): LocalDay[] {
  const buckets: LocalDay[] = [];
  let next = unit === "DAY" ? firstDay : addMonths(firstDay, 0);
  while (next <= lastDay) {
    buckets.push(next);
    next = unit === "DAY" ? addDays(next, 1) : addMonths(next, 1);
  }
  return buckets;
}

/** A group of records that the server formed by time, and the sum of their amounts. */
export interface TimeGroup {
  readonly at: string | null;
  readonly sum: string | null;
}

/** The sum of every bucket of the range, 0 for those without records. */
export function sumsByBucket({ buckets, unit }: Range, groups: readonly TimeGroup[]): bigint[] {
  const indexes = new Map(buckets.map((bucket, index) => [bucket, index]));
  const sums = buckets.map(() => 0n);
  for (const { at, sum } of groups) {
    if (at === null) continue;
    const day = dayOf(new Date(at));
    const index = indexes.get(unit === "DAY" ? day : addMonths(day, 0));
    if (index !== undefined) sums[index] = (sums[index] ?? 0n) + BigInt(sum ?? 0);
  }
  return sums;
}

/** The name of a bucket. Months are those of the Gregorian calendar in every language, because the server forms them. */
export function bucketName(bucket: LocalDay, unit: Unit, isShort = false): string {
  const format: Intl.DateTimeFormatOptions =
    unit === "MONTH"
      ? { month: "short", year: "numeric", calendar: "gregory" }
      : { day: "numeric", month: "short", ...(isShort ? {} : { year: "numeric" }) };
  return startOf(bucket).toLocaleDateString(undefined, format);
}

export function totalOf(sums: readonly bigint[]): bigint {
  return sums.reduce((total, sum) => total + sum, 0n);
}
