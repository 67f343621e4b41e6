/**
 * A Markdown table with right-aligned columns, in Prettier's format.
 *
 * @param {string[]} header
 * @param {string[][]} rows
 */
export function formatTable(header, rows) {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, column) => cell.padStart(widths[column])).join(" | ")} |`;
  const rule = widths.map((width) => `${"-".repeat(width - 1)}:`);
  return [header, rule, ...rows].map(line).join("\n");
}

/** Formats 1234567.8 as 1,234,568. */
export function formatNumber(value, decimals = 0) {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: "negative", // without it, -0.3 is shown as -0
  });
}
