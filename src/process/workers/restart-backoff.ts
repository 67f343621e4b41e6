/** A worker that ran this long has started successfully. */
export const STABLE_AFTER_MS = 30_000;
const FIRST_DELAY_MS = 100;
export const MAX_DELAY_MS = 10_000;

/** The delay before a worker is replaced. It increases while its workers end early. */
export class RestartBackoff {
  private earlyEnds = 0;

  /** @param livedMs how long the ended worker ran. */
  delayAfter(livedMs: number): number {
    if (livedMs >= STABLE_AFTER_MS) {
      this.earlyEnds = 0;
      return 0;
    }
    const delayMs = FIRST_DELAY_MS * 2 ** this.earlyEnds++;
    return Math.min(delayMs, MAX_DELAY_MS);
  }
}
