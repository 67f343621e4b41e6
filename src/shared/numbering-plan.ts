import metadata from "libphonenumber-js/mobile/metadata";
import { assert } from "./assert.js";

/** A country's rules for mobile numbers, from the metadata of libphonenumber-js. */
export interface NumberingPlan {
  readonly callingCode: string;
  /** The digits before a national number that is dialed within the country, such as `0`; empty if there are none. */
  readonly nationalPrefix: string;
  /** Whether these digits, without any prefix, are a mobile number of the country. */
  readonly isMobile: (nationalNumber: string) => boolean;
  /** The mobile number that is dialed with these digits within the country; null if there is none. */
  readonly nationalNumberOf: (dialed: string) => string | null;
}

/** The parts of a country's metadata that are used here, by their positions. */
interface Metadata {
  readonly 0: string;
  readonly 2: string;
  readonly 3: readonly number[];
  readonly 5?: string | 0;
  readonly 7?: string | 0;
  readonly 8?: string | 0;
  readonly 11?: readonly [fixedLine: unknown, mobile?: readonly [string, (readonly number[])?] | 0];
}

/**
 * Patterns of mobile numbers that replace the library's. The library knows the operator codes that Iran had assigned
 * when it was released. Pockets take every number of nine digits after 9, so that a new operator needs no update.
 */
const MOBILE_PATTERNS: Readonly<Record<string, string>> = { IR: String.raw`9\d{9}` };

function planOf(country: string, of: Metadata): NumberingPlan | null {
  const mobile = of[11]?.[1];
  if (!mobile) return null;
  const [pattern, lengths = of[3]] = mobile;
  const isOfLength = lengths.map((length) => String.raw`\d{${String(length)}}`).join("|");
  const number = new RegExp(
    `^(?=(?:${isOfLength})$)(?=(?:${of[2]})$)(?:${MOBILE_PATTERNS[country] ?? pattern})$`,
  );
  const isMobile = (nationalNumber: string): boolean => number.test(nationalNumber);
  const nationalPrefix = typeof of[5] === "string" ? of[5] : "";
  const prefix = new RegExp(`^(?:${typeof of[7] === "string" ? of[7] : nationalPrefix})`);
  const withoutPrefix = (dialed: string): string => {
    const match = prefix.exec(dialed);
    if (match === null) return dialed;
    // Some countries have forms that lack digits, such as local numbers. The rule has a group for what it keeps.
    const isRewritten = of[8] && match.length > 1 && match.at(-1);
    return isRewritten ? dialed.replace(prefix, of[8]) : dialed.slice(match[0].length);
  };
  const dialedLengths = new Set(
    lengths.flatMap((length) => [length, length + nationalPrefix.length]),
  );
  const nationalNumberOf = (dialed: string): string | null => {
    // Searches try every country, so exclude most of them without a regular expression.
    if (!of[7] && !dialedLengths.has(dialed.length)) return null;
    const shortened = withoutPrefix(dialed);
    if (isMobile(shortened)) return shortened;
    return isMobile(dialed) ? dialed : null;
  };
  return { callingCode: of[0], nationalPrefix, isMobile, nationalNumberOf };
}

const compiled = new Map<string, NumberingPlan | null>();

/** Compiled when first needed: compiling all countries takes several milliseconds, and most servers need one. */
function compiledPlan(country: string, of: Metadata): NumberingPlan | null {
  let plan = compiled.get(country);
  if (plan === undefined) compiled.set(country, (plan = planOf(country, of)));
  return plan;
}

const COUNTRIES = new Map<string, Metadata>(
  Object.entries(metadata.countries as unknown as Record<string, Metadata>),
);
const NETWORKS = Object.entries(metadata.nonGeographic as unknown as Record<string, Metadata>);

/** @returns null for an unknown ISO 3166-1 alpha-2 code, and for a country without mobile numbers. */
export function findPlan(country: string): NumberingPlan | null {
  const of = COUNTRIES.get(country);
  return of === undefined ? null : compiledPlan(country, of);
}

/** @throws InvariantError for a country without mobile numbers: no such code is stored. */
export function planOfCountry(country: string): NumberingPlan {
  const plan = findPlan(country);
  assert(plan !== null, `${country} has a numbering plan`);
  return plan;
}

let countries: ReadonlyMap<string, NumberingPlan> | undefined;

/** The plans of all countries with mobile numbers, by their ISO 3166-1 alpha-2 codes. */
export function countryPlans(): ReadonlyMap<string, NumberingPlan> {
  countries ??= new Map(
    [...COUNTRIES].flatMap(([country, of]) => {
      const plan = compiledPlan(country, of);
      return plan === null ? [] : [[country, plan] as const];
    }),
  );
  return countries;
}

let byCallingCode: Map<string, NumberingPlan[]> | undefined;

/** The plans of the countries and satellite networks that share a calling code. */
export function plansOfCallingCode(callingCode: string): readonly NumberingPlan[] {
  byCallingCode ??= groupByCallingCode();
  return byCallingCode.get(callingCode) ?? [];
}

function groupByCallingCode(): Map<string, NumberingPlan[]> {
  const groups = new Map<string, NumberingPlan[]>();
  for (const [name, of] of [...COUNTRIES, ...NETWORKS]) {
    const plan = compiledPlan(name, of);
    if (plan !== null) groups.set(of[0], [...(groups.get(of[0]) ?? []), plan]);
  }
  return groups;
}
