import fc from "fast-check";

/** How often properties are tried, as a multiple of what `npm test` does: `PROPERTY_RUNS=20 npm test`. */
const FACTOR = Number(process.env["PROPERTY_RUNS"] ?? 1);
const MOST_ROUNDS = 20;

/** @param few enough to find a recent regression; rare cases need the larger run of their own. */
export function runs(few: number): number {
  return Math.ceil(few * FACTOR);
}

/** Some of a long list, evenly spread: one in so many, and all of it in a run that tries that many times as much. */
export function oneIn<T>(many: number, list: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(many / FACTOR));
  return list.filter((_, index) => index % step === 0);
}

/**
 * Asserts a property until its random inputs have covered what makes the test meaningful. Chance decides after how
 * many inputs that is, so a fixed number of runs would fail now and then.
 *
 * @param parameters those of one round; another round follows while something is missing.
 * @param missing answers what no input has covered yet.
 * @throws when something is still missing after twenty rounds: the inputs then do not reach it.
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
