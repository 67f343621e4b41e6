import type { TadaDocumentNode } from "gql.tada";
import { print } from "graphql";

const TIMEOUT_MS = 10_000;

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
  /** What GraphQL had to say; empty when it was not GraphQL that answered. */
  readonly errors: readonly GraphqlError[];

  constructor(
    message: string,
    from: {
      readonly status?: number;
      readonly requestId?: string | null;
      readonly errors?: readonly GraphqlError[];
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: from.cause });
    this.status = from.status ?? null;
    this.requestId = from.requestId ?? null;
    this.errors = from.errors ?? [];
  }

  /** The code of the first error, such as `FORBIDDEN`. */
  get code(): string | null {
    return this.errors[0]?.extensions?.code ?? null;
  }

  /** Whether the answer is lost or late, rather than no. The work itself may be done all the same. */
  get isTemporary(): boolean {
    if (this.code !== null) return this.code === "SERVICE_UNAVAILABLE";
    return this.status === null || [502, 503, 504].includes(this.status);
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
  const { status, requestId, text } = await send(server, print(document), variables, signal);
  const answer = readAnswer<Result>(text);
  if (answer?.errors === undefined && answer?.data) return answer.data;

  const errors = answer?.errors ?? [];
  const said = errors.map(
    ({ extensions, message }) => `${extensions?.code ?? "ERROR"}: ${message}`,
  );
  const message = said.join(" ") || `The answer, with status ${String(status)}, is no GraphQL.`;
  throw new RequestError(message, { status, requestId, errors });
}

interface RawAnswer {
  readonly status: number;
  readonly requestId: string | null;
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
    const requestId = response.headers.get("x-request-id");
    return { status: response.status, requestId, text: await response.text() };
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = timeout.aborted ? `in ${String(timeoutMs)} ms` : "before the connection broke";
    throw new RequestError(`${url} did not answer ${reason}.`, { cause });
  }
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
