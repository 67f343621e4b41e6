/** Longer than any message of the server: a longer one repeats the client's input. */
const MAX_LENGTH = 1_000;

/** The characters kept of the end, where a message states what is expected. */
const END_LENGTH = 200;

/** Shortens a long message to a client by leaving out its middle. */
export function shown(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  // Never cut a surrogate pair in half.
  const start = text.slice(0, MAX_LENGTH - END_LENGTH - 1).replace(/[\ud800-\udbff]$/, "");
  const end = text.slice(-END_LENGTH).replace(/^[\udc00-\udfff]/, "");
  return `${start}…${end}`;
}
