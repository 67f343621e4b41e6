import type { TadaDocumentNode } from "gql.tada";
import { print } from "graphql";

const TIMEOUT_MS = 10_000;

/** A rate limit's window is at most a minute, so a longer `Retry-After` is reported as an error. */
const MAX_WAIT_SECONDS = 120;

/** The server and the API token for requests to it. */
export interface Server {
  /** The GraphQL endpoint, such as `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  readonly token: string;
  /** The timeout for the complete response; 10 seconds by default. */
  readonly timeoutMs?: number;
}

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  /** Every error of this server has them. An error of a gateway in front of it may not. */
  readonly extensions?: { readonly code?: string };
}

/** A request that returned no data. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** The HTTP status; null if no complete response arrived. */
  readonly status: number | null;
  /** The id by which the server's operators find the request in their log. */
  readonly requestId: string | null;
  /** The seconds to wait before the same request may be sent again; null if the response has no such header. */
  readonly retryAfterSeconds: number | null;
  /** The GraphQL errors; empty if the response is not a GraphQL response. */
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
   * Whether the same request may succeed later: the response was lost, or the server was unavailable or limited the
   * rate. Except for a rate limit, the server may already have done the work.
   */
  get isTemporary(): boolean {
    if ((this.retryAfterSeconds ?? 0) > MAX_WAIT_SECONDS) return false;
    if (this.code !== null) return ["SERVICE_UNAVAILABLE", "RATE_LIMITED"].includes(this.code);
    return this.status === null || [429, 502, 503, 504].includes(this.status);
  }
}

/**
 * Sends one operation, without retries.
 *
 * @throws RequestError if no response arrives in time, or if it contains errors.
 * @throws the signal's reason if it is aborted.
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
  const messages = errors.map(
    ({ extensions, message }) => `${extensions?.code ?? "ERROR"}: ${message}`,
  );
  const message =
    messages.join(" ") || `The response with status ${String(from.status)} is not GraphQL.`;
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
    const reason = timeout.aborted
      ? `within ${String(timeoutMs)} ms`
      : "before the connection failed";
    throw new RequestError(`${url} did not respond ${reason}.`, { cause });
  }
}

/** @returns null also for a date, which a gateway may send instead of seconds. */
function secondsIn(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
}

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly GraphqlError[];
}

/** @returns null for anything but a JSON object, such as a proxy's error page. */
function readAnswer<Result>(text: string): Answer<Result> | null {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" ? answer : null;
  } catch {
    return null;
  }
}
