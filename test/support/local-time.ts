import { Temporal } from "temporal-polyfill";
import type { TimeBucketUnit } from "../../src/listing/bucket.js";

/** A zone's offset, and the time from which it applies, both in microseconds. */
export interface Segment {
  readonly from: number;
  readonly offset: number;
}

const MS = 1_000;
const HOUR = 3_600_000 * MS;
const DAY = 24 * HOUR;

const micros = (text: string): number => Temporal.Instant.from(text).epochMilliseconds * MS;
const FIRST = micros("1967-01-01T00:00Z");
const LAST = micros("2038-01-01T00:00Z");

/** The offsets of a zone in chronological order, according to Temporal. */
export function segmentsOf(timeZone: string): Segment[] {
  const segments: Segment[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(
    FIRST / MS,
  ).toZonedDateTimeISO(timeZone);
  while (at !== null && at.epochMilliseconds * MS < LAST) {
    segments.push({ from: at.epochMilliseconds * MS, offset: at.offsetNanoseconds / 1_000 });
    at = at.getTimeZoneTransition("next");
  }
  return segments;
}

/** Computes the start of an instant's bucket directly from the definition. */
export function expectedStart(
  segments: readonly Segment[],
  at: number,
  unit: TimeBucketUnit,
): number {
  const index = segments.findLastIndex(({ from }) => from <= at);
  if (unit === "HOUR") return expectedHour(segments, index, at);
  let start = Number.NaN;
  let label = floor(at + segments[index]!.offset, unit);
  for (let count = 0; count < 3; count++) {
    const reached = firstReading(segments, label);
    if (reached <= at) start = reached;
    label = floor(label + { DAY: 1.5, WEEK: 8, MONTH: 32, YEAR: 367 }[unit] * DAY, unit);
  }
  return start;
}

function expectedHour(segments: readonly Segment[], index: number, at: number): number {
  const { from, offset } = segments[index]!;
  const hour = (segment: Segment, time: number): number =>
    Math.floor((time + segment.offset) / HOUR);
  const full = hour(segments[index]!, at) * HOUR - offset;
  if (full >= from) return full;
  const isMoved = hour(segments[index - 1]!, from - 1) !== hour(segments[index]!, from);
  return isMoved ? from : expectedHour(segments, index - 1, from - 1);
}

/** The first instant at which the local clock shows a time or a later one. */
function firstReading(segments: readonly Segment[], local: number): number {
  const begin = Math.max(
    0,
    segments.findLastIndex(({ from }) => from <= local - 3 * DAY),
  );
  for (let index = begin; index < segments.length; index++) {
    const { from, offset } = segments[index]!;
    const reached = Math.max(from, local - offset);
    if (reached < (segments[index + 1]?.from ?? Infinity)) return reached;
  }
  throw new Error("the clock never reads it");
}

function floor(local: number, unit: Exclude<TimeBucketUnit, "HOUR">): number {
  const date = new Date(Math.floor(local / DAY) * (DAY / MS));
  if (unit === "WEEK") date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  if (unit === "MONTH" || unit === "YEAR") date.setUTCDate(1);
  if (unit === "YEAR") date.setUTCMonth(0);
  return date.getTime() * MS;
}
