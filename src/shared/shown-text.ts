/** Longer than any message of the server: a longer one repeats the client's input. */
const MAX_LENGTH = 1_000;

/** The share of the end that is kept, where a message states what is expected. */
const SHARE_OF_END = 5;

/** Shortens a long text that is shown to a client by leaving out its middle. */
export function shown(text: string, maxLength = MAX_LENGTH): string {
  if (text.length <= maxLength) return text;
  const endLength = maxLength / SHARE_OF_END;
  // Never cut a surrogate pair in half.
  const start = text.slice(0, maxLength - endLength - 1).replace(/[\ud800-\udbff]$/, "");
  const end = text.slice(-endLength).replace(/^[\udc00-\udfff]/, "");
  return `${start}…${end}`;
}
