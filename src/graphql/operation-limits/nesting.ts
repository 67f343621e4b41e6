const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Whether a document has more nested brackets than allowed. The parser is recursive and would overflow the stack,
 * so this scans the source, at most up to the first bracket above the limit. It skips strings and comments, and
 * stops at an unterminated string, as the parser does.
 */
export function isDocumentDeeper(source: string, allowed: number): boolean {
  // Most documents are too short to be deep.
  if (source.length <= allowed) return false;
  let depth = 0;
  for (let at = 0; at < source.length; at++) {
    switch (source.charAt(at)) {
      case "{":
      case "[":
      case "(":
        if (++depth > allowed) return true;
        break;
      case "}":
      case "]":
      case ")":
        depth--;
        break;
      case '"':
        at = endOfText(source, at);
        break;
      case "#":
        at = endOfLine(source, at);
    }
  }
  return false;
}

/** The position of a string's last character, or the end of the source if the string is unterminated. */
function endOfText(source: string, start: number): number {
  if (source.startsWith('"""', start)) {
    let end = source.indexOf('"""', start + 3);
    while (end > 0 && source.charCodeAt(end - 1) === BACKSLASH)
      end = source.indexOf('"""', end + 3);
    return end < 0 ? source.length : end + 2;
  }
  for (let at = start + 1; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
    else if (code === LINE_FEED || code === CARRIAGE_RETURN) break;
  }
  return source.length;
}

function endOfLine(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return at;
  }
  return source.length;
}
