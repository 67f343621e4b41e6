import type { SentOperation } from "./sent-operation.js";

/**
 * graphql-ws closes the connection for an operation of another form, and so would end all others. It is therefore given
 * the operation where it accepts any value, and the operation is checked like those of all transports.
 *
 * @param message a message of a client, as JSON.
 */
export function wrapOperation(message: string): string {
  const parsed = parse(message);
  const { type, id, payload = null } = Object(parsed) as Record<string, unknown>;
  if (type !== "subscribe") return message;
  return JSON.stringify({ type, id, payload: { query: "", extensions: { sent: payload } } });
}

/** The operation in the payload of a wrapped message; null if it is not an object. */
export function unwrapOperation({ extensions }: SentOperation): SentOperation | null {
  const { sent } = extensions as { readonly sent: unknown };
  return typeof sent === "object" && !Array.isArray(sent) ? sent : null;
}

/** @returns undefined for what is not JSON. graphql-ws closes the connection then. */
function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
