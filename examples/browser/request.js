const TIMEOUT_MS = 10_000;

/** The server is there; the browser keeps its answers from this page. */
export class Blocked extends Error {}

/** No server is there. */
export class Unreachable extends Error {}

/** The server answered with errors. */
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
    // Either header makes the browser ask the server first, by OPTIONS, whether this page may.
    headers: { authorization: `Token ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => explain(url));
  // Another origin's header, which scripts read only because the server exposes it.
  const requestId = response.headers.get("x-request-id");
  const { data, errors } = await response.json().catch(() => ({ errors: [] }));
  if (errors === undefined) return data;
  const messages = errors.map(({ extensions, message }) => `${extensions.code}: ${message}`);
  throw new RequestFailed(messages.join(" ") || `status ${response.status}.`, requestId);
}

/**
 * Tells the two apart that a browser does not: it fails alike for a server that is not there, and for
 * one whose answer this page may not read. A no-cors request may be sent to anybody, and its answer be
 * read by nobody; that there is one is all that is asked here.
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
