import { MAX_JSON_NESTING } from "./request-limits.js";
import { isMisread } from "./whole-number.js";

/** A problem that `JSON.parse` does not report: a value that it changes, or nesting that costs too much. */
export interface JsonFault {
  readonly kind: "number" | "surrogate" | "nesting";
  /** The number, the escape sequence or the bracket. */
  readonly text: string;
}

const QUOTE = 34;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const OPENING_BRACKET = 91;
const BACKSLASH = 92;
const CLOSING_BRACKET = 93;
const LETTER_E = 69;
const LOWER_E = 101;
const LOWER_U = 117;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;

/**
 * A number of so few characters has at most 15 digits, which a double represents exactly. Its exponent is too
 * short to round it to infinity or zero.
 */
const EXACT_LENGTH = 16;
const EXACT_EXPONENT_LENGTH = 3;

/** JavaScript can round a whole number with more digits to infinity. */
const FINITE_LENGTH = 308;

/**
 * Finds what `JSON.parse` would change without an error: a fraction that rounds to a whole number, a
 * number too large for a double, and an escape that is half of a surrogate pair. Also finds brackets nested
 * deeper than allowed: each costs `JSON.parse` as much as hundreds of other characters. Takes linear time, and
 * accepts any text, even if it is not JSON.
 */
export function findJsonFault(text: string): JsonFault | null {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === OPENING_BRACE || code === OPENING_BRACKET) {
      if (++depth > MAX_JSON_NESTING) return { kind: "nesting", text: text.charAt(at) };
    } else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) {
      depth--;
    } else if (code === QUOTE) {
      const found = scanText(text, at + 1);
      if (typeof found === "object") return found;
      at = found;
    } else if (code === MINUS || isDigit(code)) {
      const found = scanNumber(text, at);
      if (typeof found === "object") return found;
      at = found;
    }
  }
  return null;
}

/** @returns the index of the string's last character, or the problem in it. */
function scanText(text: string, start: number): number | JsonFault {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code !== BACKSLASH) continue;
    at++;
    const half = surrogateAt(text, at);
    if (half === undefined) continue;
    const isPair = text.charCodeAt(at + 5) === BACKSLASH && surrogateAt(text, at + 6) === "low";
    if (half === "low" || !isPair) return { kind: "surrogate", text: text.slice(at - 1, at + 5) };
    at += 10;
  }
  return text.length;
}

const HIGH = /^[89ab]$/i;
const LOW = /^[c-f]$/i;

/** Which half of a pair the escape with its `u` at this index is. */
function surrogateAt(text: string, at: number): "high" | "low" | undefined {
  if (text.charCodeAt(at) !== LOWER_U || text.charAt(at + 1).toLowerCase() !== "d")
    return undefined;
  const second = text.charAt(at + 2);
  if (HIGH.test(second)) return "high";
  return LOW.test(second) ? "low" : undefined;
}

/** @returns the index of the number's last character, or the number when it would be misread. */
function scanNumber(text: string, start: number): number | JsonFault {
  let end = start + 1;
  let hasFraction = false;
  let exponentAt = 0;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (isDigit(code)) continue;
    if (code === DOT) hasFraction = true;
    else if (code === LETTER_E || code === LOWER_E) exponentAt = end;
    else if (exponentAt !== end - 1 || !isSign(code)) break;
  }
  const length = end - start;
  const isShort =
    length <= EXACT_LENGTH && (exponentAt === 0 || end - exponentAt <= EXACT_EXPONENT_LENGTH);
  const isInteger = exponentAt === 0 && !hasFraction && length <= FINITE_LENGTH;
  if (!isShort && !isInteger) {
    const number = text.slice(start, end);
    if (isMisread(number)) return { kind: "number", text: number };
  }
  return end - 1;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isSign(code: number): boolean {
  return code === MINUS || code === PLUS;
}
