const DOT = 46;
const ZERO = 48;

/**
 * Whether the exact value of a number in JSON notation is an integer, such as `5`, `5.0` and `5e3`.
 * Reads the digits, because `Number` rounds `0.99999999999999999` to 1.
 *
 * @param text a number as JSON or GraphQL writes it.
 */
export function isWholeNumber(text: string): boolean {
  const exponentAt = Math.max(text.indexOf("e"), text.indexOf("E"));
  const end = exponentAt === -1 ? text.length : exponentAt;
  const dotAt = text.indexOf(".");
  const decimals = dotAt === -1 ? 0 : end - dotAt - 1;
  const start = text.startsWith("-") ? 1 : 0;
  let last = end - 1;
  let zeros = 0;
  for (; last >= start; last--) {
    const code = text.charCodeAt(last);
    if (code === ZERO) zeros++;
    else if (code !== DOT) break;
  }
  if (last < start) return true;
  const exponent = exponentAt === -1 ? 0 : Number(text.slice(exponentAt + 1));
  return exponent - decimals + zeros >= 0;
}

/** Whether `Number` would round a number to an integer or to infinity. */
export function isMisread(text: string): boolean {
  const value = Number(text);
  return !Number.isFinite(value) || (Number.isInteger(value) && !isWholeNumber(text));
}
