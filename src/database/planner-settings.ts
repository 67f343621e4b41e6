/**
 * Keeps the plans of requests independent of statistics. An empty table looks cheapest to read whole, and a few rows
 * look cheapest to collect by a bitmap and sort; a named statement would keep such a plan after the table has grown.
 */
export const PLAN_SETTINGS = { enable_seqscan: "off", random_page_cost: "1" } as const;

/** The settings that a connection without a pooler sends. JIT compilation takes longer than any statement of a request. */
export const CONNECTION_SETTINGS = { ...PLAN_SETTINGS, jit: "off" } as const;
