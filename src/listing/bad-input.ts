import { AppError } from "../shared/errors.js";

/** The error for an invalid list argument. The message begins with the argument's path. */
export function badInput(argument: string, problem: string): AppError {
  return new AppError("BAD_USER_INPUT", `${argument} ${problem}`);
}
