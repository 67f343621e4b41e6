import { formatNumber, formatTable } from "../support/table.mjs";

/** The results as Markdown. */
export function formatSettings({ machine, clients, batchSize, rows }) {
  const header = [
    "",
    "charges",
    "log bytes a charge",
    "whole pages in the log",
    "checkpoints",
    "pages read",
    "pages written by clients' processes",
    "processor µs a charge",
  ];
  const lines = rows.map((row) => [
    row.label,
    formatNumber(row.charges),
    formatNumber(row.walBytes / row.charges),
    formatNumber(row.wholePages),
    formatNumber(row.checkpoints),
    formatNumber(row.pageReads),
    formatNumber(row.pageWrites),
    formatNumber((row.cpuMs * 1_000) / row.charges),
  ]);
  return [
    `${machine}; ${clients.singles} clients charge one pocket at a time, ${clients.batches} charge ${batchSize},`,
    `${clients.lists} read lists; every other charge makes a pocket`,
    "",
    formatTable(header, lines),
    "",
    "Processor time is PostgreSQL's, of all its processes. A page is read when it is not in PostgreSQL's own memory;",
    "the system's may have it.",
    "",
  ].join("\n");
}
