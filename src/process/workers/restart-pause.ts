/** A worker that ran this long has started successfully. */
export const STEADY_MS = 30_000;
const FIRST_PAUSE_MS = 100;
export const LONGEST_PAUSE_MS = 10_000;

/** The delay before a worker is replaced. It increases while its workers end early. */
export class RestartPause {
  private earlyDeaths = 0;

  /** @param livedMs how long the ended worker ran. */
  afterLife(livedMs: number): number {
    if (livedMs >= STEADY_MS) {
      this.earlyDeaths = 0;
      return 0;
    }
    const pauseMs = FIRST_PAUSE_MS * 2 ** this.earlyDeaths++;
    return Math.min(pauseMs, LONGEST_PAUSE_MS);
  }
}
