/** The number of uses allowed in each second or minute of the clock. */
export interface RateLimit {
  readonly count: number;
  readonly per: "second" | "minute";
}

/** Parses `600/minute` or `20000/second`. @returns null for any other string. */
export function parseRateLimit(text: string): RateLimit | null {
  const [, count, per] = /^([1-9]\d{0,8})\/(second|minute)$/.exec(text) ?? [];
  return count === undefined ? null : { count: Number(count), per: per as RateLimit["per"] };
}

export function windowMsOf({ per }: RateLimit): number {
  return per === "second" ? 1_000 : 60_000;
}

export function secondsInWords(seconds: number): string {
  return seconds === 1 ? "1 second" : `${String(seconds)} seconds`;
}
