import { describe, expect, it } from "vitest";
import { ProgressLine } from "../../../src/client/progress-line.js";
import { durationText, progressText } from "../../../src/client/progress-text.js";

class Output {
  text = "";
  constructor(
    readonly isTTY: boolean,
    readonly columns = 120,
  ) {}
  write(text: string): void {
    this.text += text;
  }
}

describe("the text of progress", () => {
  const half = { done: 5_000, total: 10_000, elapsedMs: 2_000, unit: "rows" };

  it("has a bar, the share, the counts, the rate and the remaining time", () => {
    expect(progressText(half, 120)).toBe(
      "[############            ]  50 %  5,000 of 10,000 rows  2,500/s  2 s left",
    );
  });

  it("leaves out the bar where a terminal is narrow, and never exceeds its width", () => {
    expect(progressText(half, 60)).toBe(" 50 %  5,000 of 10,000 rows  2,500/s  2 s left");
    for (const columns of [1, 10, 20, 40, 80])
      expect(progressText(half, columns).length).toBeLessThanOrEqual(columns);
  });

  it("counts what an earlier run did for the share, but not for the rate", () => {
    expect(progressText({ ...half, before: 4_000 }, 60)).toBe(
      " 50 %  5,000 of 10,000 rows  500/s  10 s left",
    );
  });

  it("shows the count alone while the total is unknown", () => {
    expect(progressText({ ...half, total: null }, 120)).toBe("5,000 rows  2,500/s");
  });

  it("stays at 100 % when rows were added meanwhile, or when there is nothing to do", () => {
    expect(progressText({ ...half, done: 10_010 }, 60)).toContain("100 %");
    expect(progressText({ ...half, done: 0, total: 0 }, 60)).toContain("100 %");
  });

  it("names durations in seconds, minutes and hours", () => {
    expect([4_000, 180_000, 7_500_000, 7_200_000].map(durationText)).toEqual([
      "4 s",
      "3 min",
      "2 h 5 min",
      "2 h",
    ]);
  });
});

describe("a progress line", () => {
  it("replaces itself on a terminal, at most ten times a second", () => {
    const output = new Output(true);
    let now = 0;
    const line = new ProgressLine("rows", output, () => now);
    for (; now < 1_000; now += 10) line.show(now, 1_000);
    line.print("done");
    expect(output.text.match(/\r\[/g)).toHaveLength(10);
    expect(output.text).not.toMatch(/\n(?!$)/);
    expect(output.text.endsWith("\r\u001b[Kdone\n")).toBe(true);
  });

  it("prints a line every ten seconds elsewhere, without control characters", () => {
    const output = new Output(false);
    let now = 0;
    const line = new ProgressLine("rows", output, () => now);
    for (; now <= 30_000; now += 1_000) line.show(now, 30_000);
    line.clear();
    expect(output.text.trimEnd().split("\n")).toHaveLength(3);
    expect(output.text).toMatch(/^[\x20-\x7e\n]+$/);
  });
});
