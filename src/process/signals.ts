import type { Logger } from "pino";

/** The signals that ask a process to end. */
export interface Signals {
  /** The first received signal, if any. */
  readonly first: NodeJS.Signals | undefined;
  /** Sets the handler of the first signal, which runs immediately if it was already received. Others are ignored. */
  onFirst(handler: (signal: NodeJS.Signals) => Promise<void>): void;
}

/** Listens for signals from the beginning, so that a signal during the start also stops everything. */
export function listenForSignals(): Signals {
  let handler: ((signal: NodeJS.Signals) => Promise<void>) | undefined;
  let first: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    // npm and the terminal both send a signal, so the same one may arrive twice.
    if (first !== undefined) return;
    first = signal;
    void handler?.(signal);
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return {
    get first() {
      return first;
    },
    onFirst(given): void {
      handler = given;
      if (first !== undefined) void given(first);
    },
  };
}

/** Ends the process after a signal, once `close` has closed everything. */
export async function stopAfter(
  signal: NodeJS.Signals,
  log: Logger,
  close: () => Promise<void>,
): Promise<void> {
  log.info({ signal }, "stopping: running requests are answered first");
  try {
    await close();
    log.info("stopped");
    process.exit(0);
  } catch (err) {
    log.fatal({ err }, "the server did not stop cleanly");
    process.exit(1);
  }
}
