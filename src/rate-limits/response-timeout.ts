/** Split the timeout into slices so that a busy event loop costs at most one of them. */
const PARTS = 5;

/**
 * A timeout for an event that arrives through the event loop. Time in which this process was too busy to receive it
 * does not count, and pending input is processed before the timeout fires.
 *
 * @returns a function that cancels the timeout.
 */
export function startResponseTimeout(ms: number, onEnd: () => void, parts = PARTS): () => void {
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  const wait = (left: number): void => {
    timer = setTimeout(() => {
      // In a turn of the event loop, timers run before sockets, and immediates after both.
      immediate = setImmediate(() => {
        if (left > 1) wait(left - 1);
        else onEnd();
      });
    }, ms / parts);
  };
  wait(parts);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
