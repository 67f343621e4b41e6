import { formatRates } from "../support/rate-table.mjs";

/** The results as Markdown. */
export function formatReads({ machine, clientCount, timing, comparisons }) {
  const { roundCount, roundMs } = timing;
  return [
    `${machine}; ${clientCount} clients, ${roundCount} rounds of ${roundMs / 1_000} s`,
    "",
    formatRates("read", comparisons),
    "",
    "Reads per second are medians of the rounds. node-pg sends only the server's statements for each read,",
    "one after the other and without those for authentication. Each ratio is the median of the rounds'",
    "ratios. Latencies are those of whole HTTP requests.",
    "",
  ].join("\n");
}
