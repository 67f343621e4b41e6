/**
 * @typedef {import("./load-loop.mjs").Measured} Measured
 *
 * @typedef {object} Round
 * @property {number} durationMs no request starts later than this.
 * @property {number} expectedCount about how many requests there will be, to make them beforehand.
 */

/**
 * Makes this process the worker of a `LoadProcess`: it makes ready when it is given its options,
 * then runs one round after the other.
 *
 * @param {(options: object) => (round: Round) => Promise<Measured>} prepare
 */
export function serveRounds(prepare) {
  let runRound;
  process.on("message", ({ options, round }) => {
    answer(async () => {
      if (round !== undefined) return runRound(round);
      runRound = prepare(options);
    });
  });
  // The benchmark is gone, however that came.
  process.on("disconnect", () => process.exit());
}

async function answer(work) {
  try {
    process.send({ value: await work() });
  } catch (error) {
    process.send({ failure: error?.stack ?? String(error) });
  }
}
