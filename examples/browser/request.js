const TIMEOUT_MS = 10_000;

/** The server responds, but the browser blocks its responses for this page (CORS). */
export class Blocked extends Error {}

/** No server responds. */
export class Unreachable extends Error {}

/** The server responded with errors. */
export class RequestFailed extends Error {
  constructor(message, requestId) {
    super(message);
    this.requestId = requestId;
  }
}

/** Sends a query. @returns its data. */
export async function request({ url, token }, query) {
  const response = await fetch(url, {
    method: "POST",
    // Each of these headers makes the browser send a CORS preflight request first.
    headers: { authorization: `Token ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => explain(url));
  // Readable on another origin because the server lists it in Access-Control-Expose-Headers.
  const requestId = response.headers.get("x-request-id");
  const { data, errors } = await response.json().catch(() => ({ errors: [] }));
  if (errors === undefined) return data;
  const messages = errors.map(({ extensions, message }) => `${extensions.code}: ${message}`);
  throw new RequestFailed(messages.join(" ") || `status ${response.status}.`, requestId);
}

/**
 * Distinguishes an unreachable server from one whose responses this page may not read: the browser reports the same
 * error for both. A no-cors request succeeds for any server that responds, without revealing its response.
 */
async function explain(url) {
  const isThere = await fetch(url, {
    mode: "no-cors",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(
    () => true,
    () => false,
  );
  throw isThere ? new Blocked() : new Unreachable();
}
