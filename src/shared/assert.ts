/** A broken invariant: a defect of this program, never of its input. Callers see it masked. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/**
 * Stops when something that must hold does not.
 *
 * @throws InvariantError with the message.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/**
 * The value, which must be there.
 *
 * @throws InvariantError when it is null or undefined.
 */
export function present<T>(value: T | null | undefined, what: string): T {
  assert(value !== null && value !== undefined, `${what} is missing`);
  return value;
}

/** For the default branch of a switch that names every case: adding a case stops compiling here. */
export function unreachable(value: never): never {
  throw new InvariantError(`unexpected case ${JSON.stringify(value)}`);
}
