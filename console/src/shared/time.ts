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

/** In the viewer's time zone, as `<input type="date">` and `<input type="time">` have them. */
export interface DayAndTime {
  readonly day: string;
  /** Empty if only the day was given. */
  readonly time: string;
}

/** The instant of one end of a range. Without a time, the range contains the whole day. */
export function rangeInstantOf({ day, time }: DayAndTime, isEnd: boolean): string {
  const instant = new Date(`${day}T${time === "" ? "00:00" : time}`);
  if (time === "" && isEnd) instant.setDate(instant.getDate() + 1);
  return instant.toISOString();
}

/** The opposite of `rangeInstantOf`. */
export function dayAndTimeOf(text: string, isEnd: boolean): DayAndTime {
  const instant = new Date(text);
  const isMidnight = instant.getHours() === 0 && instant.getMinutes() === 0;
  if (isMidnight && isEnd) instant.setDate(instant.getDate() - 1);
  const local = new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000).toISOString();
  return { day: local.slice(0, 10), time: isMidnight ? "" : local.slice(11, 16) };
}
