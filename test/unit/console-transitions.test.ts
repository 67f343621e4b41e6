import { describe, expect, it } from "vitest";
import * as console from "../../console/src/payments/transitions.js";
import * as server from "../../src/payments/payment-transitions.js";

/** The order is that in which the console offers the statuses, and means nothing to the server. */
function sorted(transitions: Readonly<Record<string, readonly string[]>>) {
  return Object.entries(transitions)
    .map(([from, to]) => [from, to.toSorted()])
    .toSorted();
}

describe("the statuses that the console offers", () => {
  it.each(["CHARGE_TRANSITIONS", "REFUND_TRANSITIONS", "AUTHORIZATION_TRANSITIONS"] as const)(
    "are those that the server allows: %s",
    (name) => {
      expect(sorted(console[name])).toEqual(sorted(server[name]));
    },
  );
});
