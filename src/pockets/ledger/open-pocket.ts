import type { PocketFreeze } from "./pocket-freeze.js";

/** A pocket during settlement. */
export interface OpenPocket {
  readonly balance: number;
  /** What its open holds reserve. */
  readonly heldAmount: number;
  readonly freezeScope: PocketFreeze;
  /** The number of its events so far. */
  readonly eventCount: number;
}

export const NEW_POCKET: OpenPocket = {
  balance: 0,
  heldAmount: 0,
  freezeScope: "NONE",
  eventCount: 0,
};

/** What can be spent from a pocket. */
export function availableIn({ balance, heldAmount }: OpenPocket): number {
  return balance - heldAmount;
}
