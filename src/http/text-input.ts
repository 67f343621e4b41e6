import type { FastifyBodyParser, FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "../shared/errors.js";
import { type JsonFault, findJsonFault } from "../shared/json-text.js";
import { MAX_JSON_NESTING } from "../shared/request-limits.js";

const SHOWN_LENGTH = 60;

/**
 * Refuses input that decoding would silently change, for every route: bytes of the body or the URL that
 * are not UTF-8, escapes of half a surrogate pair, and numbers that a double cannot represent. Refuses deeply
 * nested JSON before parsing it. All bodies in JSON are parsed here.
 */
export function addTextInput(http: FastifyInstance): void {
  http.addHook("onRequest", (request, _reply, done) => {
    done(faultOfAddress(request));
  });
  // A page can send this type to another origin without a preflight.
  http.removeContentTypeParser("text/plain");
  http.addContentTypeParser("application/json", { parseAs: "buffer" }, jsonParser(http));
}

/** Parses a body as JSON, in UTF-8 with or without a byte order mark. Refuses `__proto__` keys. */
export function jsonParser(http: FastifyInstance): FastifyBodyParser<Buffer> {
  const parse = http.getDefaultJsonParser("error", "error");
  return (request, bytes, done) => {
    const text = textOf(bytes);
    if (text === null) {
      done(badInput("The body is not valid UTF-8. Send JSON in UTF-8."));
      return;
    }
    const fault = faultOfJson(text, "The body");
    if (fault) done(fault);
    else
      void parse(request, text, (error, body) => {
        done(error && isJson(text) ? badInput(PROTOTYPE_KEY) : error, body);
      });
  };
}

const PROTOTYPE_KEY =
  "The body has a key __proto__, or a key constructor that contains prototype, which could change JavaScript objects. Remove it.";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Keeps the byte order mark, which the JSON parser then removes. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer): string | null {
  try {
    return UTF_8.decode(bytes);
  } catch {
    return null;
  }
}

const PERCENT_ENCODED = /(?:%[0-9a-f]{2})+/gi;

/** Decoders disagree on what it means. */
const INCOMPLETE_ESCAPE = /%(?![0-9a-f]{2})/i;

function faultOfAddress({ url }: FastifyRequest): AppError | undefined {
  if (!/^[\x21-\x7e]*$/.test(url))
    return badInput("The URL contains a character that is not ASCII. Percent-encode it as UTF-8.");
  // No client sends a fragment. Parsers of URLs disagree on where a query begins that follows one.
  if (url.includes("#")) return badInput("The URL contains #. Percent-encode it as %23.");
  if (INCOMPLETE_ESCAPE.test(url))
    return badInput("The URL contains % without two hexadecimal digits. Percent-encode it as %25.");
  if (!(url.match(PERCENT_ENCODED) ?? []).every(isUtf8))
    return badInput("The URL is not valid UTF-8. Percent-encode its characters as UTF-8.");
  return undefined;
}

function isUtf8(encoded: string): boolean {
  try {
    // The bundler removes a call whose result is not used.
    return decodeURIComponent(encoded).length < encoded.length;
  } catch {
    return false;
  }
}

/** The error for JSON that parsing would change, or that is nested too deeply; null if there is none. */
export function faultOfJson(text: string, what: string): AppError | null {
  const fault = findJsonFault(text);
  if (fault === null) return null;
  return badInput(`${what} contains ${describeFault(fault)}`);
}

function describeFault({ kind, text }: JsonFault): string {
  const shown = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
  switch (kind) {
    case "number":
      return `the number ${shown}, which is neither an integer nor exact in double precision.`;
    case "surrogate":
      return `the escape ${shown}, which is half of a surrogate pair and not a character.`;
    case "nesting":
      return `more than ${String(MAX_JSON_NESTING)} levels of nested brackets.`;
  }
}

function badInput(message: string): AppError {
  return new AppError("BAD_USER_INPUT", message);
}
