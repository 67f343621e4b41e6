/** The viewer's IANA time zone, by which days and months are formed. */
export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function formatTime(instant: string): string {
  return new Date(instant).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

export function formatDay(instant: string): string {
  return new Date(instant).toLocaleDateString(undefined, { dateStyle: "medium" });
}

/** An instant for a filter, from the value of `<input type="datetime-local">` in the viewer's time zone. */
export function instantOf(local: string): string | null {
  const time = new Date(local);
  return local === "" || Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** The value of `<input type="datetime-local">` for an instant. */
export function localOf(instant: string): string {
  const time = new Date(instant);
  const shifted = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
