import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { presentFailure } from "../graphql/present-error.js";
import { refusalMessage } from "../http/refusal-message.js";
import { RateLimitedError } from "../shared/errors.js";
import { shown } from "../shared/shown-text.js";
import { type Violation, describeViolation } from "./violation.js";

/** One thing that is wrong with a request. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The source of the error: a JSON pointer into the body, a query parameter, or a header. */
  readonly source?: Source;
  /** The request's id, to find the error in the log. */
  readonly id?: string;
  /** Where the error is in an imported file. */
  readonly meta?: FilePlace;
}

/** A line of a file, from 1, and a row below its header. */
export interface FilePlace {
  readonly line: number | null;
  readonly row: number | null;
}

export type Source =
  { readonly pointer: string } | { readonly parameter: string } | { readonly header: string };

/** The refusal of a whole request. */
export class RestError extends Error {
  override readonly name = "RestError";

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ detail }) => detail).join(" "));
  }
}

export function refuse(status: number, code: string, detail: string, source?: Source): RestError {
  return new RestError([{ status, code, detail, ...(source ? { source } : {}) }]);
}

/** The error format of the paths of one source API. */
export interface ErrorForm {
  readonly bodyOf: (problems: readonly Problem[]) => object;
  /** The schema keywords whose violation is not reported as 400, a malformed request. */
  readonly keywords: Readonly<Record<string, { readonly status: number; readonly code: string }>>;
}

type Failure = FastifyError | RestError;

export function failureHandler(form: ErrorForm) {
  return (error: Failure, request: FastifyRequest, reply: FastifyReply): void => {
    const problems = problemsOf(error, request, form).map(shownProblem);
    // A malformed request (400) takes precedence over refused values (422).
    const status = Math.min(...problems.map((problem) => problem.status));
    if (status === 401) reply.header("www-authenticate", "Token");
    if (error instanceof RateLimitedError) reply.header("retry-after", error.retryAfterSeconds);
    reply.code(status).send(form.bodyOf(problems));
  };
}

/** The maximum number of problems in one response. */
const MAX_PROBLEMS = 20;

function problemsOf(error: Failure, request: FastifyRequest, form: ErrorForm): readonly Problem[] {
  if (error instanceof RestError) return error.problems.slice(0, MAX_PROBLEMS);
  if (error.validation) {
    const part = error.validationContext ?? "body";
    return firstOf(error.validation).map((one) => invalid(one, part, form));
  }
  const { statusCode } = error;
  if (statusCode !== undefined && statusCode < 500) {
    return [{ status: statusCode, code: "BAD_REQUEST", detail: refusalMessage(error, request) }];
  }
  const { id, log } = request;
  const { message, extensions, status } = presentFailure(error, { requestId: id, log });
  const place = "requestId" in extensions ? { id } : {};
  return [{ status, code: extensions.code, detail: message, ...place }];
}

/** The first problems, without those that are consequences of another. Takes linear time. */
function firstOf(all: readonly Violation[]): Violation[] {
  // Do not report the items of a list that is too long.
  const tooLong = all.find(({ keyword }) => keyword === "maxItems");
  if (tooLong) return [tooLong];
  const ofOtherType = new Set(
    all.filter(({ keyword }) => keyword === "type").map(({ instancePath }) => instancePath),
  );
  // Do not report a value of the wrong type again as out of range or as an unknown name.
  const first = all.filter(
    ({ keyword, instancePath }) => keyword === "type" || !ofOtherType.has(instancePath),
  );
  return first.slice(0, MAX_PROBLEMS);
}

/** Shortens names and paths, which may be as long as the client's request. */
function shownProblem(problem: Problem): Problem {
  const { source } = problem;
  const place = source && Object.entries(source).map(([kind, at]) => [kind, shown(at)]);
  return {
    ...problem,
    detail: shown(problem.detail),
    ...(place ? { source: Object.fromEntries(place) as Source } : {}),
  };
}

function invalid(violation: Violation, part: string, { keywords }: ErrorForm): Problem {
  const { keyword, instancePath, params } = violation;
  const property = params["additionalProperty"] ?? params["missingProperty"];
  const path = typeof property === "string" ? `${instancePath}/${property}` : instancePath;
  const isBody = part === "body";
  const name = isBody ? path.slice(1).replaceAll("/", ".") || "The body" : parameterAt(path);
  const kind = (isBody ? keywords[keyword] : undefined) ?? { status: 400, code: "BAD_USER_INPUT" };
  const source = isBody ? { pointer: path } : { parameter: parameterAt(path) };
  return { ...kind, detail: `${name} ${describeViolation(violation)}.`, source };
}

/** Converts a path such as `/filter/status/eq` to the parameter `filter[status][eq]`. */
function parameterAt(path: string): string {
  const [first = "", ...rest] = path.slice(1).split("/");
  return first + rest.map((part) => `[${part}]`).join("");
}
