import examples from "libphonenumber-js/mobile/examples";
import { findPlan, planOfCountry } from "./numbering-plan.js";

/** The region of a pocket group unless it has another. */
export const DEFAULT_PHONE_NUMBER_REGION = "IR";

/** @returns the code in upper case, or null if no country with mobile numbers has this ISO 3166-1 alpha-2 code. */
export function parsePhoneNumberRegion(text: string): string | null {
  // Test for ASCII first: `toUpperCase` converts some other letters to ASCII.
  const upper = /^[A-Za-z]{2}$/.test(text) ? text.toUpperCase() : "";
  return findPlan(upper) === null ? null : upper;
}

/**
 * The numbers that a group of the region takes, as the end of a sentence.
 *
 * @param region as in `readPhoneNumber`.
 */
export function describePhoneNumbers(region: string | null): string {
  const example = exampleOf(region ?? DEFAULT_PHONE_NUMBER_REGION);
  return region === null
    ? `a mobile number of any country in international form, such as ${example}`
    : `a mobile number of ${nameOf(region)}, such as ${example}`;
}

function exampleOf(region: string): string {
  const national = (examples as Readonly<Record<string, string>>)[region] ?? "";
  return `+${planOfCountry(region).callingCode}${national}`;
}

const NAMES = new Intl.DisplayNames("en", { type: "region" });

function nameOf(region: string): string {
  return `the region ${region} (${NAMES.of(region) ?? region})`;
}
