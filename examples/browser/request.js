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

  static of(errors, response) {
    const messages = errors.map(({ extensions, message }) => `${extensions.code}: ${message}`);
    // Readable on another origin because the server lists it in Access-Control-Expose-Headers.
    const requestId = response.headers.get("x-request-id");
    return new RequestFailed(messages.join(" ") || `status ${response.status}.`, requestId);
  }
}

/** Sends a query. @returns its data. */
export async function request(connection, operation) {
  const options = { accept: "application/json", signal: AbortSignal.timeout(TIMEOUT_MS) };
  const response = await post(connection, operation, options);
  const { data, errors } = await bodyOf(response);
  if (errors) throw RequestFailed.of(errors, response);
  return data;
}

/** Sends an operation. @returns the response, whatever it contains. */
export function post({ url, token }, operation, { accept, signal }) {
  return fetch(url, {
    method: "POST",
    // The first two headers make the browser send a CORS preflight request first.
    headers: { authorization: `Token ${token}`, "content-type": "application/json", accept },
    body: JSON.stringify(operation),
    signal,
  }).catch((error) => {
    if (error.name === "AbortError") throw error;
    return explain(url);
  });
}

/** The error in a response that should be a stream. */
export async function reasonOf(response) {
  const { errors = [] } = await bodyOf(response);
  return RequestFailed.of(errors, response);
}

function bodyOf(response) {
  return response.json().catch(() => ({ errors: [] }));
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
