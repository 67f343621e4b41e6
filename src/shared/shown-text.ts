/** No message of ours is as long: what is longer repeats what a client sent. */
const MAX_LENGTH = 1_000;

/** The share of the end that is kept, where a message says what is expected. */
const SHARE_OF_END = 5;

/** Leaves out the middle of a text that is shown to a client, where it is longer than it may be. */
export function shown(text: string, maxLength = MAX_LENGTH): string {
  if (text.length <= maxLength) return text;
  const endLength = maxLength / SHARE_OF_END;
  // A pair of surrogates that is cut in half would be no character.
  const start = text.slice(0, maxLength - endLength - 1).replace(/[\ud800-\udbff]$/, "");
  const end = text.slice(-endLength).replace(/^[\udc00-\udfff]/, "");
  return `${start}…${end}`;
}
