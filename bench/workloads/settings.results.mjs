import { formatNumber, formatTable } from "../support/table.mjs";

/** The results as Markdown. */
export function formatSettings({ machine, clients, batchSize, rows }) {
  const header = [
    "",
    "charges",
    "WAL bytes per charge",
    "full pages in the WAL",
    "checkpoints",
    "pages read",
    "pages written by backends",
    "CPU µs per charge",
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
    `${clients.lists} read lists; every other charge creates a pocket`,
    "",
    formatTable(header, lines),
    "",
    "CPU is the time of all PostgreSQL processes. A page counts as read if it is not in PostgreSQL's shared",
    "buffers, even if it is in the operating system's page cache.",
    "",
  ].join("\n");
}
