/** Work that runs repeatedly until it is closed. */
export interface Repeated {
  /** Waits for the current run, and starts no other. */
  close(): Promise<void>;
}

/**
 * Runs work repeatedly, with a delay between two runs.
 *
 * @param delayMs the mean delay. Each delay differs by up to a fifth, so that several servers do not run together.
 * @param onError receives the error of a run; the next run takes place anyway.
 */
export function repeat(
  work: () => Promise<void>,
  delayMs: number,
  onError: (error: unknown) => void,
): Repeated {
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const schedule = (): void => {
    if (isClosed) return;
    timer = setTimeout(
      () => {
        running = work().catch(onError).then(schedule);
      },
      delayMs * (0.8 + 0.4 * Math.random()),
    ).unref();
  };
  schedule();
  return {
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
