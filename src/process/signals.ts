import type { Logger } from "pino";

/** The signals that ask a process to end. */
export interface Signals {
  /** The first one that came, if any. */
  readonly first: NodeJS.Signals | undefined;
  /** What the first one does, at once when it came already. Those after it do nothing. */
  onFirst(does: (signal: NodeJS.Signals) => Promise<void>): void;
}

/** Heard from the start on, so that a signal during the start leaves nothing running either. */
export function hearSignals(): Signals {
  let act: ((signal: NodeJS.Signals) => Promise<void>) | undefined;
  let first: NodeJS.Signals | undefined;
  const hear = (signal: NodeJS.Signals): void => {
    // npm and a terminal both pass a signal on, so that the same one may come twice.
    if (first !== undefined) return;
    first = signal;
    void act?.(signal);
  };
  process.on("SIGTERM", hear);
  process.on("SIGINT", hear);
  return {
    get first() {
      return first;
    },
    onFirst(does): void {
      act = does;
      if (first !== undefined) void does(first);
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
