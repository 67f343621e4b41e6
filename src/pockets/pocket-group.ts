import { parsePhoneNumberRegion } from "../shared/phone-number-region.js";
import type { UserErrors } from "../shared/user-error.js";

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_SLUG_LENGTH = 64;

export interface PocketGroupLimits {
  readonly minChargeAmount?: number | null | undefined;
  readonly maxChargeAmount?: number | null | undefined;
  readonly maxPocketBalance?: number | null | undefined;
  readonly minDebitAmount?: number | null | undefined;
  readonly maxDebitAmount?: number | null | undefined;
  readonly reversalWindowHours?: number | null | undefined;
}

export function isSlug(text: string): boolean {
  return text.length <= MAX_SLUG_LENGTH && SLUG.test(text);
}

export function checkSlug(errors: UserErrors, slug: string): void {
  errors.checkText("slug", slug, MAX_SLUG_LENGTH);
  if (!SLUG.test(slug) && !errors.has("slug")) {
    const message = "slug may contain only a-z, 0-9 and single hyphens, such as my-pocket-group.";
    errors.add("INVALID", "slug", message);
  }
}

/**
 * @param region an ISO 3166-1 alpha-2 code in any case; null for any country.
 * @returns the value to store, and undefined if the input has none or an invalid one.
 */
export function checkRegion(
  errors: UserErrors,
  region: string | null | undefined,
): { readonly phoneNumberRegion: string | null | undefined } {
  if (typeof region !== "string") return { phoneNumberRegion: region };
  const phoneNumberRegion = parsePhoneNumberRegion(region) ?? undefined;
  if (phoneNumberRegion === undefined) {
    const message =
      "phoneNumberRegion must be the ISO 3166-1 alpha-2 code of a country with mobile numbers, such as IR, or null for any country.";
    errors.add("INVALID", "phoneNumberRegion", message);
  }
  return { phoneNumberRegion };
}

/** @param isKnown whether the zone exists. */
export function checkTimeZone(
  errors: UserErrors,
  timeZone: string | null | undefined,
  isKnown: boolean,
): void {
  if (typeof timeZone !== "string" || isKnown) return;
  const message = "timeZone must be the IANA name of a place, such as Asia/Tehran, or UTC.";
  errors.add("INVALID", "timeZone", message);
}

/** The pairs of limits of which the first must not be above the second. */
const RANGES = [
  ["minChargeAmount", "maxChargeAmount", "no charge could be made"],
  ["minChargeAmount", "maxPocketBalance", "no charge could be made"],
  ["minDebitAmount", "maxDebitAmount", "no debit could be made"],
] as const;

/** A hundred years. */
const MAX_WINDOW_HOURS = 876_600;

/**
 * Limits must be above 0 and must allow at least one amount.
 *
 * @param given the limits of the input, which the errors name.
 * @param present the group's current limits.
 */
export function checkLimits(
  errors: UserErrors,
  given: PocketGroupLimits,
  present: PocketGroupLimits = {},
): void {
  const { minChargeAmount, maxChargeAmount, maxPocketBalance } = given;
  const { minDebitAmount, maxDebitAmount, reversalWindowHours } = given;
  const limits = {
    ...{ minChargeAmount, maxChargeAmount, maxPocketBalance },
    ...{ minDebitAmount, maxDebitAmount, reversalWindowHours },
  };
  for (const [field, value] of Object.entries(limits)) {
    if (typeof value === "number" && value <= 0) {
      errors.add("OUT_OF_RANGE", field, `${field} must be above 0.`);
    }
  }
  if (typeof reversalWindowHours === "number" && reversalWindowHours > MAX_WINDOW_HOURS) {
    const message = `reversalWindowHours must be at most ${String(MAX_WINDOW_HOURS)}, a hundred years.`;
    errors.add("OUT_OF_RANGE", "reversalWindowHours", message);
  }
  for (const [min, max, consequence] of RANGES) {
    if (errors.has(min)) continue;
    const least = given[min] === undefined ? present[min] : given[min];
    const most = given[max] === undefined ? present[max] : given[max];
    if (typeof least !== "number" || typeof most !== "number" || least <= most) continue;
    const blamed = given[max] === undefined ? min : max;
    const message = `${max} must be at least ${min}, or ${consequence}.`;
    if (!errors.has(blamed)) errors.add("OUT_OF_RANGE", blamed, message);
  }
}
