import { type Clock } from "../../src/shared/clock.js";
import { instantOf } from "../../src/shared/instant.js";

/** A clock that moves only when a test sets it. */
export class StoppedClock implements Clock {
  constructor(private ms = Date.now()) {}

  now(): ReturnType<Clock["now"]> {
    return instantOf(new Date(this.ms));
  }

  advance(ms: number): void {
    this.ms += ms;
  }

  /** Sets the clock to the given time after the start of the next window. */
  toWindow(windowMs: number, afterMs = 0): void {
    this.ms = (Math.floor(this.ms / windowMs) + 1) * windowMs + afterMs;
  }
}
