import { createHash } from "node:crypto";

/**
 * The `webhook-id` of a request with these events: the id of a single event, and otherwise a UUIDv8 that names the set
 * of events. The same events always have the same id, so that receivers recognize what they already have.
 */
export function messageIdOf(eventIds: readonly [string, ...string[]]): string {
  const [first, ...others] = eventIds;
  if (others.length === 0) return first;
  const hash = createHash("sha256").update(eventIds.toSorted().join()).digest();
  const hex = hash.toString("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join("-");
}
