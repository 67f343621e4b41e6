const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Reads a duration such as `30d`, `12h`, `5m` or `10s`. @returns milliseconds, or undefined. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  const unitMs = unit === undefined ? undefined : UNITS[unit];
  return unitMs === undefined ? undefined : Number(count) * unitMs;
}

/** How long events are listed by default, in milliseconds. */
export const EVENT_RETENTION_MS = 30 * 86_400_000;
