import { expect, it } from "vitest";
import { RateLimitedError } from "../../../src/shared/errors.js";
import { Slots } from "../../../src/shared/slots.js";

const slotsOf = (most: number): Slots =>
  new Slots({ most, noun: "export", advice: "Send it again", retryAfterSeconds: 7 });

function taken(slots: Slots, merchantId: string | null): () => void {
  const free = slots.take(merchantId);
  if (free instanceof RateLimitedError) throw free;
  return free;
}

it("leaves one slot to other merchants, and all operators share theirs", () => {
  const slots = slotsOf(3);
  for (const merchantId of ["a", null]) {
    const first = taken(slots, merchantId);
    const second = taken(slots, merchantId);
    expect(slots.take(merchantId)).toMatchObject({
      code: "RATE_LIMITED",
      retryAfterSeconds: 7,
      message:
        merchantId === null
          ? "The operators run as many exports as they may at a time: 2. Send it again in 7 seconds."
          : "This merchant runs as many exports as it may at a time: 2. Send it again in 7 seconds.",
    });
    const third = taken(slots, "b");
    expect(slots.take("c")).toMatchObject({
      message:
        "This server runs 3 exports at a time, and as many run now. Send it again in 7 seconds.",
    });
    for (const free of [first, second, third]) free();
  }
});

it("gives its only slot to any merchant", () => {
  const slots = slotsOf(1);
  const free = taken(slots, "a");
  expect(slots.take("a")).toBeInstanceOf(RateLimitedError);
  expect(slots.take("b")).toMatchObject({
    message: expect.stringContaining("runs 1 export at") as unknown,
  });
  free();
  taken(slots, "b");
});

it("frees a slot once, however often it is freed", () => {
  const slots = slotsOf(2);
  const free = taken(slots, "a");
  free();
  free();
  taken(slots, "a");
  taken(slots, "b");
  expect(slots.take("c")).toBeInstanceOf(RateLimitedError);
});
