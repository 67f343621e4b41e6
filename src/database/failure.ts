/**
 * Classifies database errors: whether the work may succeed if it is retried, and whether the database is unavailable.
 * Both can be true.
 */
const REPEATABLE_CODES = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "P2034", // Prisma's name for both
]);

const UNREACHABLE_CODES = new Set([
  "53300", // too_many_connections
  "55P03", // lock_not_available: the lock timeout
  "57014", // query_canceled: the statement timeout
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57P05", // idle_session_timeout
  "25P03", // idle_in_transaction_session_timeout
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "P1001", // Prisma: cannot reach the server
  "P1002",
  "P1008",
  "P1017", // Prisma: the server closed the connection
  "P2024", // Prisma: no connection in time
]);

/** The database is reachable but out of resources. An immediate retry would not help. */
const EXHAUSTED_CODES = new Set([
  "53100", // disk_full
  "53200", // out_of_memory
]);

/** Errors of node-postgres itself, which have no code. */
const UNREACHABLE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end)/;

/** Timeouts are not retried: the request has already waited for its maximum time. */
const TIMED_OUT = /^(timeout exceeded when trying to connect|Query read timeout)/;
const TIMED_OUT_CODES = new Set(["55P03", "57014", "25P03", "P1008", "P2024"]);

/** True if the database was unreachable, did not respond in time, or has no space left. */
export function isUnavailable(error: unknown): boolean {
  if (isExhausted(error)) return true;
  return chain(error).some(
    ({ code, message }) =>
      (code !== undefined && (UNREACHABLE_CODES.has(code) || code.startsWith("08"))) ||
      UNREACHABLE_MESSAGES.test(message),
  );
}

/** True if the database has no disk or memory left for the work. */
export function isExhausted(error: unknown): boolean {
  return chain(error).some(({ code }) => code !== undefined && EXHAUSTED_CODES.has(code));
}

/**
 * True if work that is safe to repeat should be retried: it conflicted with another transaction, or its connection
 * broke. After a broken connection, the work may have been committed.
 */
export function isRetryable(error: unknown): boolean {
  if (chain(error).some(({ code }) => code !== undefined && REPEATABLE_CODES.has(code)))
    return true;
  return !hasTimedOut(error) && !isExhausted(error) && isUnavailable(error);
}

/** True if the database did not respond in time. */
export function hasTimedOut(error: unknown): boolean {
  return chain(error).some(
    ({ code, message }) =>
      TIMED_OUT.test(message) || (code !== undefined && TIMED_OUT_CODES.has(code)),
  );
}

/** True if PostgreSQL reached its lock or statement timeout. Other statements may still succeed. */
export function isPostgresTimeout(error: unknown): boolean {
  return chain(error).some(({ code }) => code === "55P03" || code === "57014");
}

/** True if PostgreSQL refused the statement, so that the connection is still usable. */
export function leavesConnectionUsable(error: unknown): boolean {
  const [first] = chain(error);
  return first?.severity === "ERROR";
}

interface Link {
  readonly code: string | undefined;
  readonly message: string;
  readonly severity: string | undefined;
}

/** The error and its causes: Prisma and its adapter wrap PostgreSQL's error. */
function chain(error: unknown): Link[] {
  const links: Link[] = [];
  for (let at = error; at instanceof Object && links.length < 5;) {
    const { code, originalCode, message, severity, cause, meta } = at as Record<string, unknown>;
    links.push({
      code: text(code) ?? text(originalCode),
      message: text(message) ?? "",
      severity: text(severity),
    });
    at =
      cause ?? (meta as { readonly driverAdapterError?: unknown } | undefined)?.driverAdapterError;
  }
  return links;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** True if a row with the same unique key already exists. */
export function isUniqueViolation(error: unknown): boolean {
  return chain(error).some(({ code }) => code === "P2002" || code === "23505");
}

export function isDivisionByZero(error: unknown): boolean {
  return chain(error).some(({ code }) => code === "22012");
}
