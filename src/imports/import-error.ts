import { AppError, RateLimitedError } from "../shared/errors.js";

/** An import that was stopped before its last row. */
export class ImportStoppedError extends AppError {
  /** @param why a sentence, such as "The server is stopping." */
  constructor(why: string) {
    const advice = "Send the same file again to continue: no row is done twice.";
    super("SERVICE_UNAVAILABLE", `${why} The rows so far are done. ${advice}`);
  }
}

/** How long clients are asked to wait for another import to end. */
const RETRY_AFTER_SECONDS = 5;

/** The error when a process runs as many imports as it may. */
export function tooManyImports(most: number): RateLimitedError {
  const count = most === 1 ? "1 import" : `${String(most)} imports`;
  const message = `The server runs ${count} at a time, and all are running. Nothing was done. Send the same file again in ${String(RETRY_AFTER_SECONDS)} seconds.`;
  return new RateLimitedError(message, RETRY_AFTER_SECONDS);
}
