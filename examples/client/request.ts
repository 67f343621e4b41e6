import type { TadaDocumentNode } from "gql.tada";
import { print } from "graphql";

const TIMEOUT_MS = 10_000;

/** Whoever is told to wait for longer should hear of it: a limit's window is a minute at most. */
const MAX_WAIT_SECONDS = 120;

/** Where to send requests, and as whom. */
export interface Server {
  /** The address of GraphQL, such as `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  readonly token: string;
  /** How long to wait for a whole answer; 10 seconds when left out. */
  readonly timeoutMs?: number;
}

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  /** There in every answer of this server, and perhaps in none of a gateway before it. */
  readonly extensions?: { readonly code?: string };
}

/** A request that brought no data. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** The HTTP status; null when no answer came, or not all of it. */
  readonly status: number | null;
  /** By this the operators of the server find the request in their log. */
  readonly requestId: string | null;
  /** After so many seconds the same request may be sent again; null when the answer did not tell. */
  readonly retryAfterSeconds: number | null;
  /** What GraphQL had to say; empty when it was not GraphQL that answered. */
  readonly errors: readonly GraphqlError[];

  constructor(
    message: string,
    from: {
      readonly status?: number;
      readonly requestId?: string | null;
      readonly retryAfterSeconds?: number | null;
      readonly errors?: readonly GraphqlError[];
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: from.cause });
    this.status = from.status ?? null;
    this.requestId = from.requestId ?? null;
    this.retryAfterSeconds = from.retryAfterSeconds ?? null;
    this.errors = from.errors ?? [];
  }

  /** The code of the first error, such as `FORBIDDEN`. */
  get code(): string | null {
    return this.errors[0]?.extensions?.code ?? null;
  }

  /**
   * Whether the answer is lost or late, or was "too much at a time", rather than no. Unless it was too
   * much, the work itself may be done all the same.
   */
  get isTemporary(): boolean {
    if ((this.retryAfterSeconds ?? 0) > MAX_WAIT_SECONDS) return false;
    if (this.code !== null) return ["SERVICE_UNAVAILABLE", "RATE_LIMITED"].includes(this.code);
    return this.status === null || [429, 502, 503, 504].includes(this.status);
  }
}

/**
 * Sends one operation, once.
 *
 * @throws RequestError when no answer came in time, or one with errors.
 * @throws the signal's reason when it is aborted.
 */
export async function request<Result, Variables>(
  server: Server,
  document: TadaDocumentNode<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  const { text, ...from } = await send(server, print(document), variables, signal);
  const answer = readAnswer<Result>(text);
  if (answer?.errors === undefined && answer?.data) return answer.data;

  const errors = answer?.errors ?? [];
  const said = errors.map(
    ({ extensions, message }) => `${extensions?.code ?? "ERROR"}: ${message}`,
  );
  const message =
    said.join(" ") || `The answer, with status ${String(from.status)}, is no GraphQL.`;
  throw new RequestError(message, { ...from, errors });
}

interface RawAnswer {
  readonly status: number;
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;
  readonly text: string;
}

async function send(
  { url, token, timeoutMs = TIMEOUT_MS }: Server,
  query: string,
  variables: unknown,
  signal?: AbortSignal,
): Promise<RawAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Token ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const { status, headers } = response;
    const requestId = headers.get("x-request-id");
    const retryAfterSeconds = secondsIn(headers.get("retry-after"));
    return { status, requestId, retryAfterSeconds, text: await response.text() };
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = timeout.aborted ? `in ${String(timeoutMs)} ms` : "before the connection broke";
    throw new RequestError(`${url} did not answer ${reason}.`, { cause });
  }
}

/** @returns null also for a date, which a gateway may send in its place. */
function secondsIn(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
}

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly GraphqlError[];
}

/** @returns null for what is no JSON object, such as the page of a proxy in between. */
function readAnswer<Result>(text: string): Answer<Result> | null {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" ? answer : null;
  } catch {
    return null;
  }
}
