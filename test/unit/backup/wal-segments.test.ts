import { describe, expect, it } from "vitest";
import { segmentsBetween } from "../../../src/embedded-postgres/online-backup.js";

describe("the segments of a log", () => {
  const MB = 2 ** 20;

  it("continue where the second half of their number overflows", () => {
    expect(
      segmentsBetween("0000000100000000000000FE", "000000010000000100000001", 16 * MB),
    ).toEqual([
      "0000000100000000000000FE",
      "0000000100000000000000FF",
      "000000010000000100000000",
      "000000010000000100000001",
    ]);
  });

  it("are fewer with larger segments", () => {
    expect(
      segmentsBetween("000000010000000A00000003", "000000010000000B00000000", 1024 * MB),
    ).toEqual(["000000010000000A00000003", "000000010000000B00000000"]);
  });
});
