import { type Logger, pino, stdSerializers, stdTimeFunctions, symbols } from "pino";
import pretty from "pino-pretty";
import type { Config } from "../config/config.js";
import { present } from "../shared/assert.js";
import { PHONE_NUMBER_SEPARATORS, readPhoneNumber } from "../shared/phone-number.js";
import { currentScope } from "./tracing/scope.js";

/** The log of a process, to standard output. Headers, secrets and phone numbers are never part of it. */
export function createLog({
  logLevel,
  logFormat,
  workers,
}: Pick<Config, "logLevel" | "logFormat" | "workers">): Logger {
  const options = {
    level: logLevel,
    timestamp: stdTimeFunctions.isoTime,
    mixin: traceOfLine,
    redact: ["req.headers.authorization"],
    serializers: LOG_SERIALIZERS,
    hooks: { streamWrite: masked },
  };
  if (logFormat === "json") return pino(options);
  // With several processes, each line shows the process id, as it always does in JSON.
  const ignore = workers > 1 ? "hostname" : "pid,hostname";
  return pino(options, pretty({ sync: true, ignore, translateTime: "SYS:HH:MM:ss" }));
}

/** Prints a text for people after the lines that were logged so far, which may not be written yet. */
export function printAfterLog(log: Logger, text: string): void {
  const stream = (log as unknown as Record<symbol, NodeJS.WritableStream>)[symbols.streamSym];
  present(stream, "the log's stream").write(text);
}

/** The trace and span of a line, with OpenTelemetry's names; empty without a trace. */
export function traceOfLine(): object {
  return currentScope()?.trace.ids ?? {};
}

/** Logs errors without the values of rows, which errors of PostgreSQL and Prisma repeat. */
export const LOG_SERIALIZERS = {
  err: (error: Error): unknown => withoutRows(stdSerializers.err(error), new Set()),
};

/** The fields of PostgreSQL's errors that may contain values. The code, table and constraint identify the error. */
const HOLDING_VALUES = new Set(["detail", "where", "internalQuery"]);

function withoutRows(value: unknown, above: ReadonlySet<object>): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (above.has(value)) return "[circular]";
  const within = new Set(above).add(value);
  if (Array.isArray(value)) return value.map((one) => withoutRows(one, within));
  // An error's connection or request references everything that passed through it.
  if (!isPlain(value)) return `[${value.constructor.name}]`;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !HOLDING_VALUES.has(name))
      .map(([name, one]) => [name, withoutRows(one, within)]),
  );
}

function isPlain(value: object): boolean {
  // An object without a prototype has no constructor.
  const { constructor } = value as { constructor?: unknown };
  return constructor === undefined || constructor === Object || value instanceof Error;
}

/**
 * Masks tokens and phone numbers in a log line, in case any other code has logged one.
 */
export function masked(line: string): string {
  return line
    .replace(/pct_([0-9a-z]{6})[0-9a-z]{30,}/g, "pct_$1…")
    .replace(WHOLE_PHONE_NUMBER, "$1…$2")
    .replace(INTERNATIONAL_NUMBER, (text, first: string, last: string) =>
      isMobileNumber(text) ? `${first}…${last}` : text,
    );
}

function isMobileNumber(text: string): boolean {
  return readPhoneNumber(text.replace(/\\[tnr]/g, ""), null) !== null;
}

/** JSON writes tabs and line breaks as escapes. */
const BETWEEN = String.raw`(?:[${PHONE_NUMBER_SEPARATORS}]|\\[tnr]){0,4}`;
const DIGIT = String.raw`[0-9\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]`;

/** Digits that may be a mobile number in international form, unless they are a number of JSON. */
const INTERNATIONAL_NUMBER = new RegExp(
  String.raw`(?:(?<![0-9A-Za-z.]-?)(?<!":)|(?<=\\[tnr]))([+＋]?${BETWEEN}${DIGIT}${BETWEEN}${DIGIT})(?:${BETWEEN}${DIGIT}){3,13}${BETWEEN}(${DIGIT}${BETWEEN}${DIGIT})(?!-?\w)`,
  "gu",
);

/** Iranian mobile numbers in every form that input accepts. */
const WHOLE_PHONE_NUMBER = phoneNumberPattern();

function phoneNumberPattern(): RegExp {
  const [between, digit] = [BETWEEN, DIGIT];
  const [zero, eight, nine] = ["[0٠۰０]", "[8٨۸８]", "[9٩۹９]"].map((one) => one + between) as [
    string,
    string,
    string,
  ];
  const before = String.raw`(?:[+＋]${between}${nine}${eight}|(?:${zero}${zero})?${nine}${eight}|${zero})?`;
  const hidden = `(?:${between}${digit}){6}${between}`;
  const last = digit + between + digit;
  return new RegExp(
    String.raw`(?:(?<![0-9A-Za-z.]-?)|(?<=\\[tnr]-?))(${before}${nine}${digit})${hidden}(${last})(?!-?\w)`,
    "gu",
  );
}
