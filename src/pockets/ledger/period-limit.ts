import { type ValueOf, defineEnumeration } from "../../shared/enumeration.js";
import type { UserErrors } from "../../shared/user-error.js";

export const PocketPeriodLimitKind = defineEnumeration(
  "PocketPeriodLimitKind",
  "Which changes of a pocket a limit over time counts.",
  {
    CHARGE: "Charges. Their reversals give nothing back to the limit.",
    DEBIT:
      "Debits, and holds at the time when they are made. The part of a hold that is released or expires is given back to the limit.",
  },
);
export type PocketPeriodLimitKind = ValueOf<typeof PocketPeriodLimitKind>;

export const PocketPeriodMeasure = defineEnumeration(
  "PocketPeriodMeasure",
  "What a limit over time adds up.",
  {
    SUM: "The amounts of charges, or of debits and holds, added up.",
    COUNT: "The number of charges, or of debits and holds.",
  },
);
export type PocketPeriodMeasure = ValueOf<typeof PocketPeriodMeasure>;

export const PocketPeriod = defineEnumeration(
  "PocketPeriod",
  "The stretch of time that a limit applies to.",
  {
    DAY: "A calendar day in the group's time zone.",
    MONTH: "A calendar month in the group's time zone.",
    ROLLING_HOURS: "The last `hours` hours before each charge or debit.",
  },
);
export type PocketPeriod = ValueOf<typeof PocketPeriod>;

/** What one pocket may be charged or debited in a period. Stored as JSON in the group. */
export type PeriodLimit = Readonly<{
  kind: PocketPeriodLimitKind;
  measure: PocketPeriodMeasure;
  period: PocketPeriod;
  /** The length of ROLLING_HOURS; null for the other periods. */
  hours: number | null;
  /** An amount in the minor unit of the currency, or a number of items. */
  limit: number;
}>;

/** A limit as it is sent. */
export type GivenPeriodLimit = Omit<PeriodLimit, "hours"> & {
  readonly hours?: number | null | undefined;
};

export const MAX_PERIOD_LIMITS = 10;

/** A leap year. */
const MAX_HOURS = 8_784;

/** @returns the limits to store; undefined if the input has none. Null removes all. */
export function checkPeriodLimits(
  errors: UserErrors,
  given: readonly GivenPeriodLimit[] | null | undefined,
): readonly PeriodLimit[] | undefined {
  if (given === undefined) return undefined;
  const limits = (given ?? []).map(
    ({ kind, measure, period, hours = null, limit }): PeriodLimit => {
      return { kind, measure, period, hours, limit };
    },
  );
  const refuse = (problem: string): void => {
    errors.add("INVALID", "periodLimits", problem);
  };
  if (limits.length > MAX_PERIOD_LIMITS) {
    const message = `periodLimits has ${String(limits.length)} limits; at most ${String(MAX_PERIOD_LIMITS)} are allowed.`;
    errors.add("OUT_OF_RANGE", "periodLimits", message);
  }
  for (const [index, { period, hours, limit }] of limits.entries()) {
    const name = `periodLimits[${String(index)}]`;
    if (limit <= 0) refuse(`${name}.limit must be above 0.`);
    if (period !== "ROLLING_HOURS" && hours !== null)
      refuse(`${name}.hours applies only to ROLLING_HOURS. Leave it out.`);
    if (period === "ROLLING_HOURS" && (hours === null || hours < 1 || hours > MAX_HOURS))
      refuse(`${name}.hours must be from 1 to ${String(MAX_HOURS)}, a year.`);
  }
  const scopes = limits.map((limit) => `${windowKey(limit)} ${limit.measure}`);
  if (new Set(scopes).size < scopes.length)
    refuse("periodLimits has two limits of the same kind, measure and period.");
  return limits;
}

export function areSameLimits(
  some: readonly PeriodLimit[],
  others: readonly PeriodLimit[],
): boolean {
  const textOf = (limits: readonly PeriodLimit[]): string =>
    limits.map((one) => `${windowKey(one)} ${one.measure} ${String(one.limit)}`).join();
  return textOf(some) === textOf(others);
}

/** The values that identify the window of a limit. */
export type WindowKey = Pick<PeriodLimit, "kind" | "period" | "hours">;

export function windowKey({ kind, period, hours }: WindowKey): string {
  return `${kind} ${period} ${String(hours)}`;
}
