const LINE_BREAK = /\r\n|[\n\r]/g;

/**
 * Whether a document has more lines than allowed, by GraphQL's line terminators. The limit is needed because graphql-js
 * splits the whole document into lines to locate each error. Stops at the first line above the limit.
 */
export function hasMoreLines(source: string, allowed: number): boolean {
  // Each line except the last has at least one character.
  if (source.length < allowed) return false;
  const breaks = source.matchAll(LINE_BREAK);
  for (let lines = 1; breaks.next().done !== true;) if (++lines > allowed) return true;
  return false;
}
