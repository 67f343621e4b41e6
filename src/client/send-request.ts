import { ClientError, TemporaryFailure } from "./client-error.js";
import type { ServerAccess } from "./server-access.js";

/** A request to the server: a path relative to its URL, and what `fetch` accepts. */
export type RequestOptions = RequestInit & { readonly duplex?: "half" };

/**
 * Sends a request with the token.
 *
 * @returns a response of success, whose body has not been read.
 * @throws TemporaryFailure if the server is unreachable, overloaded or restarting.
 * @throws ClientError if it refuses the request, with the server's message.
 */
export async function sendRequest(
  { url, token }: ServerAccess,
  path: string,
  { headers, ...options }: RequestOptions = {},
): Promise<Response> {
  const sent = new Headers(headers);
  sent.set("authorization", `Token ${token}`);
  const target = new URL(path, url);
  const response = await fetch(target, { ...options, headers: sent, redirect: "error" }).catch(
    (error: unknown) => {
      throw asTemporary(error, `The server at ${url.origin} cannot be reached`);
    },
  );
  if (response.ok) return response;
  const message = await messageOf(response);
  if (TEMPORARY.has(response.status)) throw new TemporaryFailure(message, retryAfterOf(response));
  throw new ClientError(message);
}

/** The failure of a connection, which may pass. An abort by the command itself passes through. */
export function asTemporary(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  return new TemporaryFailure(`${what}: ${reasonOf(error)}.`, null, { cause: error });
}

/** Too many requests, and what servers and proxies report during a restart or an overload. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** `fetch` reports "fetch failed", with the reason as its cause. */
function reasonOf(error: Error): string {
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  // A host with several addresses has an error of each, and an empty message.
  return cause.message || ("code" in cause ? String(cause.code) : error.message);
}

function retryAfterOf({ headers }: Response): number | null {
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

const MAX_SHOWN_LENGTH = 500;

/** The server's own message, in either form of its errors, or the status. */
async function messageOf(response: Response): Promise<string> {
  const text = await response.text().catch(() => "");
  const status = `HTTP ${String(response.status)}`;
  try {
    const messages = messagesIn(JSON.parse(text));
    if (messages.length > 0) return `${messages.join(" ")} (${status})`;
  } catch {
    // Not JSON: a proxy's page, of which people need only the beginning.
  }
  const shown = text.replaceAll(/\s+/g, " ").trim().slice(0, MAX_SHOWN_LENGTH);
  return shown === "" ? `The server answered with ${status}.` : `${shown} (${status})`;
}

interface ErrorBody {
  readonly errors?: readonly { readonly message?: unknown; readonly detail?: unknown }[];
}

function messagesIn(body: unknown): string[] {
  const { errors } = (typeof body === "object" && body !== null ? body : {}) as ErrorBody;
  if (!Array.isArray(errors)) return [];
  return (errors as NonNullable<ErrorBody["errors"]>).flatMap(({ message, detail }) => {
    const text = message ?? detail;
    return typeof text === "string" ? [text] : [];
  });
}
