import { formatNumber } from "../support/table.mjs";
import { formatRates } from "../support/rate-table.mjs";

/** The results as Markdown. */
export function formatPayments({ machine, clientCount, timing, comparisons }) {
  const { roundCount, roundMs, chargeCount } = timing;
  return [
    `${machine}; ${clientCount} clients, ${roundCount} rounds of ${roundMs / 1_000} s`,
    "",
    formatRates(`${formatNumber(chargeCount)} payment charges in a year`, comparisons),
    "",
    "Figures per second are medians of the rounds. node-pg sends the statements of each write and read,",
    "as the server sends them, one after the other and nothing else; those of a write with ids of their",
    "own, begin and commit among them. Authentication is not among the statements. Each ratio is the",
    "median of the rounds' ratios. Latencies are of whole HTTP requests. Every write that was counted",
    "was found in the database once, with its history.",
    "",
  ].join("\n");
}
