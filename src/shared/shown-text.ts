/** No message of ours is as long: what is longer repeats what a client sent. */
const MAX_LENGTH = 1_000;

/** How much of the end is kept, where a message says what is expected. */
const END_LENGTH = 200;

/** Leaves out the middle of a text that is shown to a client, where it is long. */
export function shown(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  // A pair of surrogates that is cut in half would be no character.
  const start = text.slice(0, MAX_LENGTH - END_LENGTH - 1).replace(/[\ud800-\udbff]$/, "");
  const end = text.slice(-END_LENGTH).replace(/^[\udc00-\udfff]/, "");
  return `${start}…${end}`;
}
