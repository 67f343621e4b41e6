import { STATUS_CODES } from "node:http";
import type { FastifyRequest } from "fastify";
import { type MediaType, acceptedTypes, parseMediaType } from "../http/header-values.js";
import { HttpError } from "../http/http-error.js";
import { InvariantError } from "../shared/assert.js";
import { named } from "./openapi.js";
import type { ErrorForm } from "./rest-error.js";

/** The parts of JSON:API (https://jsonapi.org/format/1.1) that the source APIs use. */

export interface ResourceId {
  readonly type: string;
  readonly id: string;
}

export interface Resource extends ResourceId {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships: Readonly<Record<string, { readonly data: ResourceId | null }>>;
}

export interface Document<Data> {
  readonly data: Data;
  /** The related resources, each once, if the request asked for relations. */
  readonly included?: readonly Resource[];
  readonly meta: Readonly<Record<string, unknown>>;
}

export const MEDIA_TYPE = "application/vnd.api+json";

/** JSON:API's media type if the client accepts it, otherwise plain JSON as in the examples of the source APIs. */
export function contentTypeOf({ headers }: FastifyRequest): string {
  return acceptedTypes(headers.accept).some(isJsonApi)
    ? MEDIA_TYPE
    : "application/json; charset=utf-8";
}

/**
 * Refuses the parameters of JSON:API's media type that the specification forbids: 415 for a body,
 * 406 when every accepted media type has one. Profiles are allowed and ignored; no extension is supported.
 */
export function refusalOfParameters({ headers }: FastifyRequest): HttpError | undefined {
  const sent = parseMediaType(headers["content-type"] ?? "");
  if (sent !== null && isJsonApi(sent) && !isSupported(sent)) {
    return new HttpError(
      415,
      `${MEDIA_TYPE} may have only the parameter profile; extensions are not supported.`,
    );
  }
  const accepted = acceptedTypes(headers.accept).filter(isJsonApi);
  if (accepted.length > 0 && !accepted.some(isSupported)) {
    return new HttpError(
      406,
      `Accept ${MEDIA_TYPE} without extensions; this server supports none.`,
    );
  }
  return undefined;
}

function isJsonApi({ essence }: MediaType): boolean {
  return essence === MEDIA_TYPE;
}

/** Ignores the charset that many clients add, although JSON:API does not define it. */
const SUPPORTED: ReadonlySet<string> = new Set(["profile", "charset", "q"]);

function isSupported({ parameters }: MediaType): boolean {
  return [...parameters].every(
    ([name, value]) => SUPPORTED.has(name) || isNoExtension(name, value),
  );
}

function isNoExtension(name: string, value: string): boolean {
  return name === "ext" && value.trim() === "";
}

export const JSON_API_ERRORS: ErrorForm = {
  bodyOf: (problems) => ({
    errors: problems.map(({ id, status, code, detail, source, meta }) => ({
      ...(id === undefined ? {} : { id }),
      status: String(status),
      code,
      title: STATUS_CODES[status] ?? "Error",
      detail,
      ...(source ? { source } : {}),
      ...(meta ? { meta } : {}),
    })),
  }),
  keywords: {
    enum: { status: 422, code: "INVALID" },
    format: { status: 422, code: "INVALID" },
    minimum: { status: 422, code: "OUT_OF_RANGE" },
    maximum: { status: 422, code: "OUT_OF_RANGE" },
    // JSON:API requires these statuses: 409 for a resource of another type, 403 for an id from the client.
    const: { status: 409, code: "CONFLICT" },
    not: { status: 403, code: "FORBIDDEN" },
  },
};

/** A sum of any size. `writeJson` writes its digits, because a JavaScript number would round it. */
export class ExactInteger {
  constructor(readonly digits: string) {}

  /** @throws always: outside `meta`, `JSON.stringify` would write a different value. */
  toJSON(): never {
    throw new InvariantError("an exact integer can only be written in meta");
  }
}

/** Serializes a response as JSON, with the exact integers in a document's `meta` as numbers. */
export function writeJson(answer: unknown): string {
  if (typeof answer !== "object" || answer === null || !("meta" in answer)) {
    return JSON.stringify(answer);
  }
  const { meta, ...others } = answer;
  const members = Object.entries(others)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`);
  return `{${members.join("")}"meta":${writeExact(meta)}}`;
}

function writeExact(value: unknown): string {
  if (value instanceof ExactInteger) return value.digits;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeExact).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => `${JSON.stringify(name)}:${writeExact(one)}`);
  return `{${members.join(",")}}`;
}

export function closedObject(
  properties: Readonly<Record<string, object>>,
  required: readonly string[] = Object.keys(properties),
): object {
  return { type: "object", properties, required, additionalProperties: false };
}

const ERROR = named(
  "Error",
  closedObject(
    {
      id: { type: "string", description: "The request's id, to find the error in the log." },
      status: { type: "string", description: "The HTTP status." },
      code: { type: "string", description: "The error code. Stable, for programs to act on." },
      title: { type: "string", description: "The status in words." },
      detail: {
        type: "string",
        description: "What is wrong and what to do, for people to read.",
      },
      source: {
        type: "object",
        description:
          "The source of the error: a JSON pointer into the body, a query parameter, or a header.",
        properties: {
          pointer: { type: "string" },
          parameter: { type: "string" },
          header: { type: "string" },
        },
        additionalProperties: false,
      },
      meta: {
        type: "object",
        description: "Where the error is in an imported file.",
        properties: {
          line: { type: ["integer", "null"], description: "The line of the file, from 1." },
          row: { type: ["integer", "null"], description: "The row below the header, from 1." },
        },
        additionalProperties: false,
      },
    },
    ["status", "code", "title", "detail"],
  ),
);
export const ERRORS = named(
  "ErrorDocument",
  closedObject({ errors: { type: "array", minItems: 1, items: ERROR } }),
);

/** The responses of a path: its document with an example, and the errors that it may return. */
export function jsonApiAnswers(
  status: 200 | 201,
  what: string,
  { schema, example }: { readonly schema: object; readonly example: object },
  refusals: Readonly<Record<number, string>>,
): object {
  const both = (of: object): object => ({ "application/json": of, [MEDIA_TYPE]: of });
  const answers = Object.entries({ [status]: what, ...refusals }).map(([code, description]) => {
    const of = Number(code) === status ? { schema, example } : { schema: ERRORS };
    return [code, { description, content: both(of) }];
  });
  return Object.fromEntries(answers) as object;
}
