import { parsePhoneNumberRegion } from "../shared/phone-number-region.js";
import type { UserErrors } from "../shared/user-error.js";

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_SLUG_LENGTH = 64;

export interface PocketGroupLimits {
  readonly minChargeAmount?: number | null | undefined;
  readonly maxChargeAmount?: number | null | undefined;
  readonly maxPocketBalance?: number | null | undefined;
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
  for (const [field, value] of Object.entries({
    minChargeAmount,
    maxChargeAmount,
    maxPocketBalance,
  })) {
    if (typeof value === "number" && value <= 0) {
      errors.add("OUT_OF_RANGE", field, `${field} must be above 0.`);
    }
  }
  if (errors.has("minChargeAmount")) return;
  const least = minChargeAmount === undefined ? present.minChargeAmount : minChargeAmount;
  for (const field of ["maxChargeAmount", "maxPocketBalance"] as const) {
    const most = given[field] === undefined ? present[field] : given[field];
    if (typeof least !== "number" || typeof most !== "number" || least <= most) continue;
    const blamed = given[field] === undefined ? "minChargeAmount" : field;
    const message = `${field} must be at least minChargeAmount, or no charge could be made.`;
    if (!errors.has(blamed)) errors.add("OUT_OF_RANGE", blamed, message);
  }
}
