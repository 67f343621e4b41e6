/**
 * How long a test waits for an expected state. It detects hangs and does not measure speed: a machine that is ten
 * times slower than any known one must still pass.
 */
export const WAIT_TIMEOUT_MS = 180_000;

/** Options for `vi.waitFor` and `expect.poll`. */
export const POLL = { timeout: WAIT_TIMEOUT_MS, interval: 20 };
