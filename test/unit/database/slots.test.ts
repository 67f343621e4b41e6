import { describe, expect, it } from "vitest";
import { hasTimedOut, isUnavailable, isRetryable } from "../../../src/database/failure.js";
import { Slots } from "../../../src/database/slots.js";
import { readSlotCount } from "../../../src/database/read-slots.js";
import { Deadline } from "../../../src/shared/deadline.js";

const LONG_MS = 60_000;

describe("slots", () => {
  it("never exceed their number, and are assigned to owners in turn", async () => {
    const slots = new Slots(2);
    const entered: string[] = [];
    const leaves: (() => void)[] = [];
    const enter = async (owner: string, name: string): Promise<void> => {
      leaves.push(await slots.take(owner, new Deadline(LONG_MS)));
      entered.push(name);
    };
    const all = ["a1", "a2", "a3", "a4", "a5", "b1", "b2", "c1"].map((name) =>
      enter(name.charAt(0), name),
    );
    for (let given = 2; given <= all.length; given++) {
      await Promise.all(Array.from({ length: 20 }, () => Promise.resolve()));
      expect(entered).toHaveLength(given);
      expect(slots.waitingCount).toBe(all.length - given);
      leaves.shift()?.();
    }
    expect(entered).toEqual(["a1", "a2", "a3", "b1", "c1", "a4", "b2", "a5"]);
  });

  it("are not lost to tasks that timed out", async () => {
    const slots = new Slots(1);
    const leave = await slots.take("a", new Deadline(LONG_MS));
    const left = new Deadline(LONG_MS);
    const waiting = slots.take("a", left);
    const next = slots.take("a", new Deadline(LONG_MS));
    left.leave();
    await expect(waiting).rejects.toThrow("The client disconnected");
    await expect(slots.take("a", left)).rejects.toThrow("The client disconnected");
    expect(slots.waitingCount).toBe(1);
    leave();
    (await next)();
    (await slots.take("b", new Deadline(LONG_MS)))();
    expect(slots.waitingCount).toBe(0);
  });

  it("report a timeout with the same kind of error as the pool", async () => {
    const slots = new Slots(1, 1);
    const leave = await slots.take("a", new Deadline(LONG_MS));
    const error: unknown = await slots
      .take("b", new Deadline(LONG_MS))
      .catch((one: unknown) => one);
    expect({
      isUnavailable: isUnavailable(error),
      hasTimedOut: hasTimedOut(error),
      isRetryable: isRetryable(error),
    }).toEqual({ isUnavailable: true, hasTimedOut: true, isRetryable: false });
    leave();
    (await slots.take("b", new Deadline(LONG_MS)))();
  });
});

it.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 3],
  [10, 7],
  [20, 15],
])("lists may use %d of %d connections", (poolSize, slots) => {
  expect(readSlotCount(poolSize)).toBe(slots);
});
