/** How far a piece of work is. */
export interface Progress {
  readonly done: number;
  /** Null while it is unknown. */
  readonly total: number | null;
  /** What was done before the time began to count, by an earlier run; 0 by default. */
  readonly before?: number;
  readonly elapsedMs: number;
  /** What is counted, such as `rows`. */
  readonly unit: string;
}

const BAR_WIDTH = 24;

/** Describes progress on one line, with a bar if there is room: `[####    ] 41 %  4,100 of 10,000 rows  1,025/s  6 s left`. */
export function progressText(progress: Progress, columns: number): string {
  const { done, total, before = 0, elapsedMs, unit } = progress;
  const perSecond = elapsedMs > 0 ? Math.round(((done - before) / elapsedMs) * 1_000) : 0;
  const share = shareOf(progress);
  const parts = [
    ...(share === null ? [] : [`${String(Math.floor(share * 100)).padStart(3)} %`]),
    total === null
      ? `${inDigits(done)} ${unit}`
      : `${inDigits(done)} of ${inDigits(total)} ${unit}`,
    `${inDigits(perSecond)}/s`,
    ...(total === null || done >= total || perSecond === 0 || elapsedMs < 1_000
      ? []
      : [`${durationText(((total - done) / perSecond) * 1_000)} left`]),
  ];
  const text = parts.join("  ");
  if (share === null || text.length + BAR_WIDTH + 4 > columns) return text.slice(0, columns);
  const filled = Math.round(share * BAR_WIDTH);
  return `[${"#".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}] ${text}`;
}

/** From 0 to 1; null if it is unknown. The total may grow while the work is done. */
function shareOf({ done, total }: Progress): number | null {
  if (total === null) return null;
  return total === 0 ? 1 : Math.min(1, done / total);
}

export function inDigits(count: number): string {
  return count.toLocaleString("en-US");
}

/** A duration for people: `45 s`, `3 min`, `2 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 90) return `${String(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${String(minutes)} min`;
  const rest = minutes % 60;
  return `${String(Math.floor(minutes / 60))} h${rest === 0 ? "" : ` ${String(rest)} min`}`;
}
