import { median } from "../support/statistics.mjs";
import { rateOf } from "./stacks.cases.mjs";

/**
 * The targets of this product. `least` and `most` bound the measured value; "no slower" allows for the
 * difference between two equal servers from round to round.
 */
const TARGETS = [
  {
    name: "batches of 100: at least 0.7 of node-pg with the same SQL",
    least: 0.7,
    reached: ({ ratio }) => ratio("batches", "pocketcharge", "nodePg"),
  },
  {
    name: "single charges, 64 clients: at least 3 times as fast as without batching",
    least: 3,
    reached: ({ ratio }) => ratio("manyPockets", "pocketcharge", "unbatched"),
  },
  {
    name: "single charges, 1 client: no slower than without batching (0.95)",
    least: 0.95,
    reached: ({ ratio }) => ratio("alone", "pocketcharge", "unbatched"),
  },
  {
    name: "one hot pocket: at least 0.8 of the rate with many pockets",
    least: 0.8,
    reached: ({ between }) => between("hotPocket", "manyPockets", "pocketcharge"),
  },
  {
    name: "trace, 8 clients: at least 0.5 of the GraphQL layer alone",
    least: 0.5,
    reached: ({ ratio }) => ratio("trace", "pocketcharge", "layer"),
  },
  {
    name: "trace, 64 clients: at least 0.5 of the GraphQL layer alone",
    least: 0.5,
    reached: ({ ratio }) => ratio("traceOfMany", "pocketcharge", "layer"),
  },
  {
    name: "list of 50 with two relations: at least 3 times Apollo + Express + Prisma",
    least: 3,
    reached: ({ ratio }) => ratio("list", "pocketcharge", "plain"),
  },
  {
    name: "list of 50 with two relations: at least PostGraphile",
    least: 1,
    reached: ({ ratio }) => ratio("list", "pocketcharge", "postgraphile"),
  },
  {
    name: "the server's resident memory, at its peak in the rounds: below 250 MB",
    most: 250,
    decimals: 0,
    reached: ({ peakBytes }) => (peakBytes === null ? null : peakBytes / 1e6),
  },
];

/**
 * @param {Map<string, import("../support/side-by-side.mjs").Comparison>} comparisons by the case's key.
 * @param {number | null} peakBytes the peak of the server's resident memory in the rounds.
 * @returns {import("../support/targets.mjs").Target[]}
 */
export function targetsOf(comparisons, peakBytes) {
  const measured = { peakBytes, ...comparing(comparisons) };
  return TARGETS.map(({ reached, ...target }) => ({ ...target, reached: reached(measured) }));
}

/** Uses medians of the rounds' ratios, because a disturbance affects both sides of a round. */
function comparing(comparisons) {
  const ratesOf = (key, side) => {
    const { subject, rounds } = comparisons.get(key);
    return rounds.map((round) => rateOf(subject, round[side]));
  };
  const medianRatio = (rates, others) => median(rates.map((rate, at) => rate / others[at]));
  return {
    ratio: (key, side, other) => medianRatio(ratesOf(key, side), ratesOf(key, other)),
    between: (key, otherKey, side) => medianRatio(ratesOf(key, side), ratesOf(otherKey, side)),
  };
}
