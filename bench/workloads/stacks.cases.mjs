/**
 * The measured stacks. The phone numbers of the pockets that a side charges begin with its digit, which
 * identifies what it has written.
 *
 * @type {Record<string, { label: string, digit?: string }>}
 */
export const SIDES = {
  pocketcharge: { label: "Pocketcharge", digit: "2" },
  unbatched: { label: "Pocketcharge, unbatched", digit: "3" },
  plain: { label: "Apollo + Express + Prisma", digit: "4" },
  yoga: { label: "Yoga + Pothos + Prisma", digit: "8" },
  mercurius: { label: "Mercurius", digit: "5" },
  postgraphile: { label: "PostGraphile", digit: "6" },
  layer: { label: "GraphQL layer, no database" },
  nodePg: { label: "node-pg, no HTTP", digit: "7" },
};

const OTHERS = ["plain", "yoga", "mercurius", "postgraphile"];
const CHARGE = { kind: "charge", sides: ["pocketcharge", "unbatched", ...OTHERS, "nodePg"] };
const ONE = { ...CHARGE, batchSize: 1 };
const TRACE = { kind: "trace", sides: ["pocketcharge", ...OTHERS, "layer", "nodePg"] };
const LIST = { kind: "list", sides: ["pocketcharge", ...OTHERS, "nodePg"] };

/** The measured cases. `batchSize` is the number of charges in a request. */
export const CASES = {
  alone: { ...ONE, name: "single charges, 1 client", clientCount: 1 },
  manyPockets: { ...ONE, name: "single charges, 64 clients, many pockets", clientCount: 64 },
  hotPocket: {
    ...ONE,
    name: "single charges, 64 clients, one hot pocket",
    clientCount: 64,
    isHot: true,
  },
  batches: { ...CHARGE, name: "batches of 100 charges, 8 clients", clientCount: 8, batchSize: 100 },
  trace: { ...TRACE, name: "trace of one charge, 8 clients", clientCount: 8 },
  traceOfMany: { ...TRACE, name: "trace of one charge, 64 clients", clientCount: 64 },
  list: { ...LIST, name: "list of 50 charges with two relations, 8 clients", clientCount: 8 },
};

export const MAX_CLIENTS = 64;

/** The rate of a case per second: in charges, or otherwise in requests. */
export function rateOf({ batchSize = 1 }, { requestCount, elapsedMs }) {
  return (batchSize * requestCount * 1_000) / elapsedMs;
}

export function unitOf({ kind }) {
  return kind === "charge" ? "charges" : "requests";
}
