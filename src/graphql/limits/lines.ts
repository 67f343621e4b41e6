const LINE_BREAK = /\r\n|[\n\r]/g;

/**
 * Whether a document has more lines than are allowed, as GraphQL breaks lines. The place of each error is worked
 * out from all lines before it and after it. Reads no further than to the line that is too many.
 */
export function hasMoreLines(source: string, allowed: number): boolean {
  // Each line but the last has a character at least.
  if (source.length < allowed) return false;
  const breaks = source.matchAll(LINE_BREAK);
  for (let lines = 1; breaks.next().done !== true;) if (++lines > allowed) return true;
  return false;
}
