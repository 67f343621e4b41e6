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
    "Rates per second are medians of the rounds. node-pg sends only the server's statements for each read and",
    "write, one after the other and without those for authentication. Writes include begin and commit, and use",
    "new ids each time. Each ratio is the median of the rounds' ratios. Latencies are those of whole HTTP",
    "requests. Every counted write was found in the database exactly once, with its history.",
    "",
  ].join("\n");
}
