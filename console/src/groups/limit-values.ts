import { editableMoney, parseMoney } from "../shared/money.js";
import type { PeriodLimit, PocketGroup } from "./group-documents.js";

/** The limits of a single charge, debit or pocket, in the order of the form. */
export const LIMITS = [
  ["minChargeAmount", "Smallest charge"],
  ["maxChargeAmount", "Largest charge"],
  ["minDebitAmount", "Smallest debit or hold"],
  ["maxDebitAmount", "Largest debit or hold"],
  ["maxPocketBalance", "Largest balance of a pocket"],
] as const;

export type LimitName = (typeof LIMITS)[number][0];

/** What the form has: amounts as decimals, and an empty text for no limit. */
export type LimitTexts = Readonly<Record<LimitName, string>>;

export function limitTexts(group: PocketGroup): LimitTexts {
  const texts = LIMITS.map(([name]) => {
    const amount = group[name];
    return [name, amount === null ? "" : editableMoney(amount, group.currencyMinorUnits)] as const;
  });
  return Object.fromEntries(texts) as Record<LimitName, string>;
}

/** The limits as the API takes them. Null if a text is no amount. */
export function limitsOf(
  texts: LimitTexts,
  minorUnits: number | null,
): Record<LimitName, number | null> | null {
  const limits = LIMITS.map(
    ([name]) =>
      [name, texts[name].trim() === "" ? null : parseMoney(texts[name], minorUnits)] as const,
  );
  const isWrong = limits.some(([name, limit]) => limit === null && texts[name].trim() !== "");
  return isWrong ? null : (Object.fromEntries(limits) as Record<LimitName, number | null>);
}

/** A limit over time as the form has it. */
export interface PeriodLimitText extends Pick<PeriodLimit, "kind" | "measure" | "period"> {
  /** Tells the rows of the form apart. */
  readonly key: string;
  /** The length of rolling hours. */
  readonly hours: string;
  /** A decimal amount, or a number of items. */
  readonly limit: string;
}

/** The decimals that a limit may have: those of the currency for a sum, none for a number of items. */
export function digitsOf({ measure }: Pick<PeriodLimit, "measure">, minorUnits: number | null) {
  return measure === "SUM" ? minorUnits : 0;
}

export function periodLimitTexts({ periodLimits, currencyMinorUnits }: PocketGroup) {
  return periodLimits.map((limit, index): PeriodLimitText => {
    const { kind, measure, period, hours } = limit;
    const text = editableMoney(limit.limit, digitsOf(limit, currencyMinorUnits));
    const given = hours === null ? "" : String(hours);
    return { key: String(index), kind, measure, period, hours: given, limit: text };
  });
}

/** The limits as the API takes them. Null if a text is no number. */
export function periodLimitsOf(
  texts: readonly PeriodLimitText[],
  minorUnits: number | null,
): PeriodLimit[] | null {
  const limits: PeriodLimit[] = [];
  for (const text of texts) {
    const { kind, measure, period } = text;
    const limit = parseMoney(text.limit, digitsOf(text, minorUnits));
    const hours = period === "ROLLING_HOURS" ? parseMoney(text.hours, 0) : null;
    if (limit === null || (period === "ROLLING_HOURS" && hours === null)) return null;
    limits.push({ kind, measure, period, hours, limit });
  }
  return limits;
}
