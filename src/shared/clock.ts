import { type Instant, instantOf } from "./instant.js";

/** The source of the current time, so that tests can set it. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => instantOf(new Date()) };
