/** A day of the Gregorian calendar in the viewer's time zone, such as `2026-11-29`. */
export type LocalDay = string;

/** The day in which an instant is. */
export function dayOf(instant: Date): LocalDay {
  const [year, month, day] = [instant.getFullYear(), instant.getMonth() + 1, instant.getDate()];
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

/** The instant at which a day begins. That is later than midnight if clocks skip it. */
export function startOf(day: LocalDay): Date {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date);
}

/** Counts days of the calendar, which can have 23 to 25 hours. */
export function addDays(day: LocalDay, days: number): LocalDay {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The first day of the month that is `months` after the day's month. */
export function addMonths(day: LocalDay, months: number): LocalDay {
  const date = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}

/** The number of days from the first to the last, both included. */
export function daysBetween(first: LocalDay, last: LocalDay): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1;
}

/** Whether a text is a day for which the server has data: `2026-02-30` is not. */
export function isDay(text: string): boolean {
  if (!/^(19|2\d)\d\d-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}
