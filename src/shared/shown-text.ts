/** Longer than any fixed message of the server. A longer message repeats the client's input. */
const MAX_LENGTH = 1_000;

/** The part of the limit that is reserved for the end, where a message says what is expected: one in five. */
const SHARE_OF_END = 5;

/** Shortens a long string for clients by omitting its middle. */
export function shown(text: string, maxLength = MAX_LENGTH): string {
  if (text.length <= maxLength) return text;
  const endLength = maxLength / SHARE_OF_END;
  // Never cut a surrogate pair in half.
  const start = text.slice(0, maxLength - endLength - 1).replace(/[\ud800-\udbff]$/, "");
  const end = text.slice(-endLength).replace(/^[\udc00-\udfff]/, "");
  return `${start}…${end}`;
}
