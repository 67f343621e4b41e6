/**
 * @typedef {import("./load-loop.mjs").Measured} Measured
 * @typedef {Pick<import("./load-process.mjs").LoadProcess, "run">} Load
 *
 * @typedef {object} Comparison one case, measured on every side.
 * @property {object} subject the case.
 * @property {Record<string, Measured>} warmUp by side; not part of the results.
 * @property {Record<string, Measured>[]} rounds by side.
 */

/** Prepare more requests than the last round sent, because a round may be faster. */
const RESERVE = 1.5;

/**
 * Measures all sides in short alternating rounds, so that other load on the machine affects all of them. The cases
 * alternate too: a disturbance then affects one round of several cases, where the median excludes it, and not all
 * rounds of one case.
 *
 * @param {object} options
 * @param {Record<string, Load>} options.sides
 * @param {object[]} options.cases each is passed to the loads with its rounds. A case with `sides` is measured only
 *   on the sides with these names.
 * @param {number} options.roundCount
 * @param {number} options.roundMs
 * @param {number} options.warmUpMs
 * @param {() => unknown} [options.afterWarmUp]
 * @param {(line: string) => void} options.report
 * @returns {Promise<Comparison[]>}
 */
export async function measureSideBySide(options) {
  const { sides, cases, roundCount, roundMs, warmUpMs, afterWarmUp, report } = options;
  const comparisons = [];
  report("warming up");
  for (const subject of cases) {
    const warmUp = {};
    for (const [side, load] of sidesOf(subject, sides)) {
      warmUp[side] = await load.run({ ...subject, durationMs: warmUpMs, expectedCount: 0 });
    }
    comparisons.push({ subject, warmUp, rounds: [] });
  }
  await afterWarmUp?.();

  for (let number = 1; number <= roundCount; number++) {
    report(`round ${number} of ${roundCount}`);
    for (const { subject, warmUp, rounds } of comparisons) {
      const round = {};
      const last = rounds.at(-1) ?? warmUp;
      for (const [side, load] of inTurn(sidesOf(subject, sides), number)) {
        const { requestCount, elapsedMs } = last[side];
        const expectedCount = Math.ceil((requestCount / elapsedMs) * roundMs * RESERVE);
        round[side] = await load.run({ ...subject, durationMs: roundMs, expectedCount });
      }
      rounds.push(round);
    }
  }
  return comparisons;
}

function sidesOf(subject, sides) {
  const names = subject.sides ?? Object.keys(sides);
  return names.map((name) => [name, sides[name]]);
}

/** Reverses the sides in every other round, so that neither position is an advantage. */
function inTurn(sides, number) {
  return number % 2 === 0 ? sides.toReversed() : sides;
}
