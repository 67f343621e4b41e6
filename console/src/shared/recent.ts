/** Ranges of whole days that end today, and contain it. */
export type Recent = "7d" | "30d" | "90d" | "month" | "12m";

/** The first midnight of a range, in the viewer's time zone. Months are those of the Gregorian calendar. */
export function firstDayOf(recent: Recent, today: Date): Date {
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  switch (recent) {
    case "7d":
      return new Date(year, month, day - 6);
    case "30d":
      return new Date(year, month, day - 29);
    case "90d":
      return new Date(year, month, day - 89);
    case "month":
      return new Date(year, month, 1);
    case "12m":
      return new Date(year, month - 11, 1);
  }
}
