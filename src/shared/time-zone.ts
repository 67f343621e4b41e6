/** The areas in IANA names, and older names of places without an area. */
const PLACES = new RegExp(
  [
    "^(UTC|GMT|",
    "(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)/.+|",
    "(Brazil|Canada|Chile|Mexico|US)/.+|",
    "Cuba|Egypt|Eire|GB|GB-Eire|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|Navajo|",
    "NZ|NZ-CHAT|Poland|Portugal|PRC|ROC|ROK|Singapore|Turkey|W-SU)$",
  ].join(""),
  "i",
);

/**
 * Accepts only names of places, in any case. Node.js and PostgreSQL read abbreviations such as IST and CET
 * as different zones, and PostgreSQL inverts the sign of an offset such as +03:30.
 */
export function isTimeZone(name: string): boolean {
  try {
    return PLACES.test(name) && Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false; // a RangeError: the zone does not exist
  }
}
