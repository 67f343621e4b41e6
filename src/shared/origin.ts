import type { Instant } from "./instant.js";

/** The id and the time of a record that is created for the past. Other records get new ones. */
export interface Origin {
  readonly id: string;
  readonly at: Instant;
}
