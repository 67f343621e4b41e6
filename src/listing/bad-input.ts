import { AppError } from "../shared/errors.js";

/** The error for an invalid list argument. The message begins with the argument's path. */
export function badInput(argument: string, problem: string): AppError {
  return new AppError("BAD_USER_INPUT", `${argument} ${problem}`, { argument });
}

/** Names the argument whose value is read in errors that do not name one. */
export function readArgument<T>(argument: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError) || error.argument !== undefined) throw error;
    throw new AppError(error.code, error.message, { cause: error, argument });
  }
}
