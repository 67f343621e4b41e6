import { describe, expect, it } from "vitest";
import { hasTimedOut, isUnavailable, isWorthRepeating } from "../../../src/database/failure.js";
import { Places } from "../../../src/database/places.js";
import { readPlaceCount } from "../../../src/database/read-places.js";
import { Deadline } from "../../../src/shared/deadline.js";

const LONG_MS = 60_000;

describe("places", () => {
  it("never exceed their number, and are assigned to owners in turn", async () => {
    const places = new Places(2);
    const entered: string[] = [];
    const leaves: (() => void)[] = [];
    const enter = async (owner: string, name: string): Promise<void> => {
      leaves.push(await places.take(owner, new Deadline(LONG_MS)));
      entered.push(name);
    };
    const all = ["a1", "a2", "a3", "a4", "a5", "b1", "b2", "c1"].map((name) =>
      enter(name.charAt(0), name),
    );
    for (let given = 2; given <= all.length; given++) {
      await Promise.all(Array.from({ length: 20 }, () => Promise.resolve()));
      expect(entered).toHaveLength(given);
      expect(places.waitingCount).toBe(all.length - given);
      leaves.shift()?.();
    }
    expect(entered).toEqual(["a1", "a2", "a3", "b1", "c1", "a4", "b2", "a5"]);
  });

  it("are not lost to tasks that timed out", async () => {
    const places = new Places(1);
    const leave = await places.take("a", new Deadline(LONG_MS));
    const left = new Deadline(LONG_MS);
    const waiting = places.take("a", left);
    const next = places.take("a", new Deadline(LONG_MS));
    left.leave();
    await expect(waiting).rejects.toThrow("The client disconnected");
    await expect(places.take("a", left)).rejects.toThrow("The client disconnected");
    expect(places.waitingCount).toBe(1);
    leave();
    (await next)();
    (await places.take("b", new Deadline(LONG_MS)))();
    expect(places.waitingCount).toBe(0);
  });

  it("report a timeout with the same kind of error as the pool", async () => {
    const places = new Places(1, 1);
    const leave = await places.take("a", new Deadline(LONG_MS));
    const error: unknown = await places
      .take("b", new Deadline(LONG_MS))
      .catch((one: unknown) => one);
    expect({
      isUnavailable: isUnavailable(error),
      hasTimedOut: hasTimedOut(error),
      isWorthRepeating: isWorthRepeating(error),
    }).toEqual({ isUnavailable: true, hasTimedOut: true, isWorthRepeating: false });
    leave();
    (await places.take("b", new Deadline(LONG_MS)))();
  });
});

it.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 3],
  [10, 7],
  [20, 15],
])("lists may use %d of %d connections", (poolSize, places) => {
  expect(readPlaceCount(poolSize)).toBe(places);
});
