import { AppError } from "../shared/errors.js";

/** An import that was stopped before its last row. */
export class ImportStoppedError extends AppError {
  /** @param why a sentence, such as "The server is stopping." */
  constructor(why: string) {
    const advice = "Send the same file again to continue: no row is done twice.";
    super("SERVICE_UNAVAILABLE", `${why} The rows so far are done. ${advice}`);
  }
}
