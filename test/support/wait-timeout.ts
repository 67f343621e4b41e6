/**
 * How long a test waits for a state that has to come. It says nothing of speed: a hang fails by it, and a machine
 * that is ten times slower than any that was tried does not.
 */
export const WAIT_TIMEOUT_MS = 180_000;

/** For `vi.waitFor` and `expect.poll`. */
export const POLL = { timeout: WAIT_TIMEOUT_MS, interval: 20 };
