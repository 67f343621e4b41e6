import { AppError } from "../shared/errors.js";

/** An import that was stopped before its last row. */
export class ImportStoppedError extends AppError {
  /** @param why a sentence, such as "The server is stopping." */
  constructor(why: string) {
    const advice = "Send the same file again to continue: no row is done twice.";
    super("SERVICE_UNAVAILABLE", `${why} The rows so far are done. ${advice}`);
  }
}

/** A process runs as many imports as it may. */
export class TooManyImportsError extends AppError {
  readonly retryAfterSeconds = 5;

  constructor(imports: number) {
    const count = imports === 1 ? "1 import" : `${String(imports)} imports`;
    const message = `The server is running ${count}, the most it takes. Nothing was done. Send the same file again in a few seconds.`;
    super("SERVICE_UNAVAILABLE", message);
  }
}
