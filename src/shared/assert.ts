/** A broken invariant: a defect of this program, never an error in its input. Clients see a masked error. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/**
 * Asserts an invariant.
 *
 * @throws InvariantError with the message.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/**
 * Returns the value, which must not be null or undefined.
 *
 * @throws InvariantError if it is null or undefined.
 */
export function present<T>(value: T | null | undefined, what: string): T {
  assert(value !== null && value !== undefined, `${what} is missing`);
  return value;
}

/** For the default branch of an exhaustive switch: a missing case is a compile error. */
export function unreachable(value: never): never {
  throw new InvariantError(`unexpected case ${JSON.stringify(value)}`);
}
