/** In so many parts patience is waited for: work that keeps the process busy costs one of them at most. */
const PARTS = 5;

/**
 * Tells when something that the event loop brings has taken too long. The time in which this process was
 * itself too busy to hear of it does not count, nor is it told before what has arrived was read.
 *
 * @returns what ends it before.
 */
export function startPatience(ms: number, onEnd: () => void, parts = PARTS): () => void {
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  const wait = (left: number): void => {
    timer = setTimeout(() => {
      // Timers come before the sockets in a turn of the event loop, and this comes behind both.
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
