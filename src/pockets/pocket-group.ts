import type { UserErrors } from "../shared/user-error.js";

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_SLUG_LENGTH = 64;

export interface PocketGroupLimits {
  readonly minChargeAmount?: number | null | undefined;
  readonly maxChargeAmount?: number | null | undefined;
  readonly maxPocketBalance?: number | null | undefined;
}

export function checkSlug(errors: UserErrors, slug: string): void {
  errors.checkText("slug", slug, MAX_SLUG_LENGTH);
  if (!SLUG.test(slug)) {
    errors.add(
      "INVALID",
      "slug",
      "slug must be made of a-z, 0-9 and single hyphens, such as my-pocket-group.",
    );
  }
}

/** Limits are above 0 and leave room for some charge. */
export function checkLimits(errors: UserErrors, limits: PocketGroupLimits): void {
  const { minChargeAmount, maxChargeAmount, maxPocketBalance } = limits;
  for (const [field, value] of Object.entries({
    minChargeAmount,
    maxChargeAmount,
    maxPocketBalance,
  })) {
    if (typeof value === "number" && value <= 0)
      errors.add("OUT_OF_RANGE", field, `${field} must be above 0.`);
  }
  for (const [field, value] of Object.entries({ maxChargeAmount, maxPocketBalance })) {
    if (
      typeof value === "number" &&
      typeof minChargeAmount === "number" &&
      value < minChargeAmount
    ) {
      errors.add(
        "OUT_OF_RANGE",
        field,
        `${field} is below minChargeAmount, so that no charge could be made.`,
      );
    }
  }
}
