declare const instant: unique symbol;

/**
 * A moment in UTC with microseconds, written `2024-12-02T09:22:05.398979Z`. Always six digits, so
 * that the order of the texts is the order of the moments. A JavaScript Date would lose the last
 * three of them.
 */
export type Instant = string & { readonly [instant]: true };

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6})0*)?(?:([Zz])|([+-])(\d{2}):?(\d{2})?)$/;
const MINUTE_MS = 60_000;

/**
 * Reads an RFC 3339 date-time with any offset. PostgreSQL's own output (`2024-12-02 09:22:05.39+00`)
 * is read as well.
 *
 * @returns the moment, or null when the text is none: no offset, a day that does not exist, a year
 * outside 1..9999, or more than microseconds.
 */
export function parseInstant(text: string): Instant | null {
  const parts = RFC_3339.exec(text);
  if (parts === null) return null;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = "",
    ,
    sign,
    offsetHour,
    offsetMinute,
  ] = parts;
  const offset = Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0);
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return null;

  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const localMs = Date.parse(`${local}Z`);
  if (Number.isNaN(localMs) || new Date(localMs).toISOString().slice(0, 19) !== local) return null;

  const utc = new Date(localMs - (sign === "-" ? -offset : offset) * MINUTE_MS);
  const utcYear = utc.getUTCFullYear();
  if (utcYear < 1 || utcYear > 9999) return null;
  return `${utc.toISOString().slice(0, 19)}.${fraction.padEnd(6, "0")}Z` as Instant;
}

/** The moment of a JavaScript Date, whose precision is a millisecond. */
export function instantOf(date: Date): Instant {
  return `${date.toISOString().slice(0, 23)}000Z` as Instant;
}
