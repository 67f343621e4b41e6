declare const instant: unique symbol;

/**
 * An instant in UTC with microseconds, such as `2024-12-02T09:22:05.398979Z`. It always has six digits, so that
 * strings sort by time. A JavaScript Date would lose the last three digits.
 */
export type Instant = string & { readonly [instant]: true };

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6})0*)?(?:[Zz]|([+-]\d{2}):?(\d{2})?)$/;
const MINUTE_MS = 60_000;

/**
 * Parses an RFC 3339 date-time with any offset, or PostgreSQL's output format (`2024-12-02 09:22:05.39+00`).
 *
 * @returns the instant, or null for an invalid string: without an offset, with a day that does not exist, with a
 * year outside 1900..9999 in UTC, or with more than six decimals.
 */
export function parseInstant(text: string): Instant | null {
  const [, date = "", time = "", fraction = "", hours = "+00", minutes = "00"] =
    RFC_3339.exec(text) ?? [];
  const local = `${date}T${time}`;
  const localMs = Date.parse(`${local}Z`);
  if (Number.isNaN(localMs) || isoSeconds(localMs) !== local) return null;
  if (Math.abs(Number(hours)) > 23 || Number(minutes) > 59) return null;

  const sign = hours.startsWith("-") ? -1 : 1;
  const offsetMinutes = Number(hours) * 60 + sign * Number(minutes);
  const utc = isoSeconds(localMs - offsetMinutes * MINUTE_MS);
  // Years after 9999 are written with a sign, and sort before "1900".
  return utc >= "1900" ? (`${utc}.${fraction.padEnd(6, "0")}Z` as Instant) : null;
}

function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** The instant one day later. */
export function oneDayAfter(instant: Instant): Instant {
  return hoursAfter(instant, 24);
}

/** The instant this many hours later, which must not be after the year 9999. */
export function hoursAfter(instant: Instant, hours: number): Instant {
  const later = Date.parse(instant) + hours * 60 * MINUTE_MS;
  return `${isoSeconds(later)}${instant.slice(19)}` as Instant;
}

/** The instant of a JavaScript Date, whose precision is a millisecond. */
export function instantOf(date: Date): Instant {
  return `${date.toISOString().slice(0, 23)}000Z` as Instant;
}
