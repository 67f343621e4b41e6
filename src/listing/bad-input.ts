import { AppError } from "../shared/errors.js";

/** A list's argument that cannot be used. The message begins with the argument's path. */
export function badInput(argument: string, problem: string): AppError {
  return new AppError("BAD_USER_INPUT", `${argument} ${problem}`);
}
