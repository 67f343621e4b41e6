import { type Instant, instantOf } from "./instant.js";

/** Where a process takes the time from, so that tests can set it. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => instantOf(new Date()) };
