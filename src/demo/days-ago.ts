import { type Instant, instantOf } from "../shared/instant.js";

const DAY_MS = 86_400_000;

/** @param now in milliseconds. */
export function instantDaysAgo(now: number, days: number): Instant {
  return instantOf(new Date(now - Math.round(days * DAY_MS)));
}
