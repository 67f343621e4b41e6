/** How often properties are tried, as a multiple of what `npm test` does: `PROPERTY_RUNS=20 npm test`. */
const FACTOR = Number(process.env["PROPERTY_RUNS"] ?? 1);

/** @param few enough to find what was broken lately; the rare is found by more, in a run of its own. */
export function runs(few: number): number {
  return Math.ceil(few * FACTOR);
}
