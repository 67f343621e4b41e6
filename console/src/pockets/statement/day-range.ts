import { firstDayOf } from "../../shared/recent.js";

/** Days in the viewer's time zone, as in `<input type="date">`: `2026-11-29`. Both are included. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** The range of an address. What is missing or no day is replaced: the range is 30 days, and ends today. */
export function dayRangeOf(from: string, to: string, now: Date): DayRange {
  const last = isDay(to) ? to : dayOf(now);
  const first = isDay(from) ? from : dayOf(firstDayOf("30d", new Date(`${last}T00:00`)));
  return { from: first > last ? last : first, to: last };
}

/** The instants between which the days are: from the first midnight to the one after the last day. */
export function instantsOf({ from, to }: DayRange): { from: string; to: string } {
  const end = new Date(`${to}T00:00`);
  end.setDate(end.getDate() + 1);
  return { from: new Date(`${from}T00:00`).toISOString(), to: end.toISOString() };
}

/** Whether it is a day that the server accepts, which a year that is still being typed is not. */
export function isDay(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    text >= "1900-01-02" &&
    text < "9999" &&
    !Number.isNaN(new Date(`${text}T00:00`).getTime())
  );
}

export function dayOf(date: Date): string {
  const month = String(date.getMonth() + 1).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${month}-${String(date.getDate()).padStart(2, "0")}`;
}
