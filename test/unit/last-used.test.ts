import { expect, it } from "vitest";
import { LastUsed } from "../../src/graphql/last-used.js";

function keeping(maxWeight: number) {
  const dropped: string[] = [];
  const kept = new LastUsed<string, { weight: number }>(maxWeight, (key) => dropped.push(key));
  return { kept, dropped };
}

it("drops what was used the longest ago once the total weight is above the bound", () => {
  const { kept, dropped } = keeping(10);
  kept.add("a", { weight: 4 });
  kept.add("b", { weight: 4 });
  expect(kept.get("a")).toEqual({ weight: 4 });
  kept.add("c", { weight: 2 });
  expect(dropped).toEqual([]);
  kept.add("d", { weight: 3 });
  expect(dropped).toEqual(["b"]);
  expect(["a", "b", "c", "d"].map((key) => kept.get(key)?.weight)).toEqual([4, undefined, 2, 3]);
});

it("drops as much as has to go, and does not keep what is too heavy by itself", () => {
  const { kept, dropped } = keeping(10);
  kept.add("a", { weight: 5 });
  kept.add("b", { weight: 5 });
  kept.add("c", { weight: 11 });
  expect(dropped).toEqual(["a", "b", "c"]);
  kept.add("d", { weight: 10 });
  expect(kept.get("d")).toEqual({ weight: 10 });
});

it("stays within its bound however much is added", () => {
  const { kept, dropped } = keeping(100);
  for (let number = 0; number < 20_000; number++) kept.add(String(number), { weight: 10 });
  expect(dropped).toHaveLength(19_990);
  expect(kept.get("19989")).toBeUndefined();
  expect(kept.get("19990")).toEqual({ weight: 10 });
});
