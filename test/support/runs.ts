import fc from "fast-check";

/** Multiplies the number of runs of each property: `PROPERTY_RUNS=50 npm test`. */
const FACTOR = Number(process.env["PROPERTY_RUNS"] ?? 1);
const MOST_ROUNDS = 20;

/** @param few enough runs to find a recent regression. Rare cases need a larger PROPERTY_RUNS. */
export function runs(few: number): number {
  return Math.ceil(few * FACTOR);
}

/** Every n-th item of a long list, or more of them with a larger PROPERTY_RUNS, up to the whole list. */
export function oneIn<T>(many: number, list: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(many / FACTOR));
  return list.filter((_, index) => index % step === 0);
}

/**
 * Asserts a property until its random inputs have covered every required case. The number of inputs that this
 * takes is random, so a fixed number of runs would fail occasionally.
 *
 * @param parameters of one round. Another round follows while a case is missing.
 * @param missing returns the cases that no input has covered yet.
 * @throws if a case is still missing after twenty rounds, because the inputs then cannot reach it.
 */
export async function assertCovering<Ts extends [unknown, ...unknown[]]>(
  property: fc.IAsyncPropertyWithHooks<Ts>,
  parameters: fc.Parameters<Ts>,
  missing: () => readonly string[],
): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { seed } = parameters;
    await fc.assert(
      property,
      seed === undefined ? parameters : { ...parameters, seed: seed + round },
    );
    if (missing().length === 0) return;
  }
  throw new Error(`No random input has covered: ${missing().join(", ")}`);
}
