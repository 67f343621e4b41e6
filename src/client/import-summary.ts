import type { ImportBegin, ImportEnd } from "./import-parts.js";
import { inDigits } from "./progress-text.js";

/** What came of an import, in a few lines for people. @param results the file with the refused rows, if there is one. */
export function importSummary(
  { kind, currency, isDryRun }: ImportBegin,
  { rows, succeeded, repeated, refused, refusedByCode, caution }: ImportEnd,
  results: string | null,
): string {
  const noun = kind === "CHARGE" ? "charges" : "debits";
  const money = ({ amount }: ImportEnd["succeeded"]): string =>
    `${BigInt(amount).toLocaleString("en-US")} in the minor unit of ${currency}`;
  const made = isDryRun ? "would be made" : "made";
  const lines = [
    `${inDigits(rows)} ${noun}: ${inDigits(succeeded.rows)} ${made} (${money(succeeded)})`,
    ...(repeated.rows === 0
      ? []
      : [`${inDigits(repeated.rows)} were made before, and not again (${money(repeated)})`]),
    ...(refused.rows === 0 ? [] : [`${inDigits(refused.rows)} refused: ${codesOf(refusedByCode)}`]),
    ...(refused.rows === 0 || results === null || isDryRun
      ? []
      : [`The refused rows are in ${results}. Repair them there, and import that file.`]),
    ...(caution === null ? [] : [caution]),
  ];
  return lines.join("\n");
}

function codesOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([code, count]) => `${inDigits(count)} ${code}`)
    .join(", ");
}
