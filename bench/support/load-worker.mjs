/**
 * @typedef {import("./load-loop.mjs").Measured} Measured
 *
 * @typedef {object} Round
 * @property {number} durationMs no request starts later than this.
 * @property {number} expectedCount the approximate number of requests, to create them in advance.
 */

/**
 * Makes this process the worker of a `LoadProcess`: it prepares when it receives its options, and then runs
 * one round after the other.
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
  // The benchmark has ended.
  process.on("disconnect", () => process.exit());
}

async function answer(work) {
  try {
    process.send({ value: await work() });
  } catch (error) {
    process.send({ failure: error?.stack ?? String(error) });
  }
}
