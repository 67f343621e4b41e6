import type { AuditListener, UnitResult } from "./audit.js";
import { type Check, type Finding, pluralOf } from "./check.js";
import type { Unit } from "./unit.js";

/** The output of an audit: lines of the report, and progress messages. */
export interface Lines {
  report(line: string): void;
  progress(line: string): void;
}

export interface AuditReport extends AuditListener {
  /** Reports the result when everything is audited. */
  end(findings: number): void;
}

/** The minimum interval between progress messages. */
const PROGRESS_MS = 2_000;

/** A report for people: what was audited, every finding, and what each kind of finding means. */
export function textReport(lines: Lines, progressMs = PROGRESS_MS): AuditReport {
  const met = new Map<string, Check>();
  const totals = new Map<Unit["kind"], number>();
  const progress = progressOf(lines, progressMs);
  return {
    ...progress,
    unitBegins: (unit, index, total) => {
      lines.report(nameOf(unit));
      progress.unitBegins(unit, index, total);
    },
    found: (_, check, { record, id, problem }) => {
      met.set(check.name, check);
      lines.report(`  ${check.name}: ${record} ${id}: ${problem}`);
    },
    unitEnds: (unit, { records, checks, findings }) => {
      totals.set(unit.kind, (totals.get(unit.kind) ?? 0) + 1);
      const outcome = findings === 0 ? "no findings" : plural(findings, "finding");
      lines.report(`  ${listOf(records)}: ${plural(checks, "check")}, ${outcome}`);
    },
    end: (findings) => {
      const audited = listOf(Object.fromEntries(totals), ["pocket group", "merchant"]);
      if (findings === 0) {
        lines.report(`\nThe ledger is consistent: no findings in ${audited}.`);
        return;
      }
      lines.report(`\nThe ledger is inconsistent: ${plural(findings, "finding")} in ${audited}.`);
      for (const { name, meaning } of met.values()) lines.report(`  ${name}: ${meaning}`);
    },
  };
}

/** A report for programs: one JSON object per line, in the order of the audit. */
export function jsonReport(lines: Lines): AuditReport {
  const write = (entry: object): void => {
    lines.report(JSON.stringify(entry));
  };
  let units = 0;
  return {
    ...progressOf(lines, PROGRESS_MS),
    found: (unit, check, finding) => {
      const { name, meaning } = check;
      write({ type: "finding", check: name, unit: shown(unit), ...fieldsOf(finding), meaning });
    },
    unitEnds: (unit, { records, checks, findings }: UnitResult) => {
      units++;
      write({ type: "unit", unit: shown(unit), records, checks, findings });
    },
    end: (findings) => {
      write({ type: "end", isClean: findings === 0, units, findings });
    },
  };
}

function fieldsOf({ record, id, problem }: Finding): Finding {
  return { record, id, problem };
}

function shown({ kind, id, slug }: Unit): object {
  return kind === "platform" ? { kind } : { kind, id, ...(slug === undefined ? {} : { slug }) };
}

function nameOf({ kind, id, slug }: Unit): string {
  return kind === "platform" ? kind : `${kind} ${slug ?? id}`;
}

/** Reports the progress of the audit, at most once per interval. */
function progressOf(
  lines: Lines,
  everyMs: number,
): Pick<AuditListener, "unitBegins" | "checkBegins"> {
  let next = Date.now() + everyMs;
  function tell(line: string): void {
    if (Date.now() < next) return;
    next = Date.now() + everyMs;
    lines.progress(line);
  }
  return {
    unitBegins: (unit, index, total) => {
      tell(`${nameOf(unit)}, ${String(index + 1)} of ${String(total)}`);
    },
    checkBegins: (unit, check) => {
      tell(`${nameOf(unit)}: ${check.name}`);
    },
  };
}

function listOf(
  counts: Readonly<Record<string, number>>,
  nouns: readonly string[] = Object.keys(counts),
): string {
  const parts = nouns.map((noun) => plural(counts[noun] ?? 0, noun));
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

function plural(count: number, noun: string): string {
  return `${String(count)} ${count === 1 ? noun : pluralOf(noun)}`;
}
