import type { Instant } from "./instant.js";

/** Where a record of the past comes from: its id and its time, both of which are new otherwise. */
export interface Origin {
  readonly id: string;
  readonly at: Instant;
}
