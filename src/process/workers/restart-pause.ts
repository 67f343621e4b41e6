/** A worker that lived as long as this has not died of its start. */
export const STEADY_MS = 30_000;
const FIRST_PAUSE_MS = 100;
export const LONGEST_PAUSE_MS = 10_000;

/** How long the place of a worker stays empty: the longer, the more often its workers died early. */
export class RestartPause {
  private earlyDeaths = 0;

  /** @param livedMs how long the worker lived that died now. */
  afterLife(livedMs: number): number {
    if (livedMs >= STEADY_MS) {
      this.earlyDeaths = 0;
      return 0;
    }
    const pauseMs = FIRST_PAUSE_MS * 2 ** this.earlyDeaths++;
    return Math.min(pauseMs, LONGEST_PAUSE_MS);
  }
}
