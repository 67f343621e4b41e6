import { randomBytes } from "node:crypto";
import type pg from "pg";
import { present } from "../shared/assert.js";
import { PLAN_SETTINGS } from "./planner-settings.js";
import { identifier, sql } from "./sql.js";

/** A pooler drops session settings, so the operator must set them in PostgreSQL or the pooler. */
export class PoolerSettingsError extends Error {
  override readonly name = "PoolerSettingsError";
}

interface Session extends Readonly<Record<keyof typeof PLAN_SETTINGS, string>> {
  readonly pid: number;
  readonly timezone: string;
  readonly datestyle: string;
  readonly search_path: string | null;
  /** All three in milliseconds, 0 for none. */
  readonly lock_timeout: number;
  readonly statement_timeout: number;
  readonly idle_in_transaction_session_timeout: number;
}

const TIMEOUTS = [
  "lock_timeout",
  "statement_timeout",
  "idle_in_transaction_session_timeout",
] as const;

const PLANNER = Object.entries(PLAN_SETTINGS) as [keyof typeof PLAN_SETTINGS, string][];

const SESSION = `select pg_backend_pid() as pid, current_setting('timezone') as timezone,
  current_setting('datestyle') as datestyle, current_schema() as search_path,
  ${PLANNER.map(([name]) => `current_setting('${name}') as ${name}`).join(", ")},
  ${TIMEOUTS.map((name) => `(extract(epoch from current_setting('${name}')::interval) * 1000)::float8 as ${name}`).join(", ")}`;

/**
 * Detects whether a new connection goes to PostgreSQL directly or to a pooler such as PgBouncer, where each
 * transaction may run on another PostgreSQL connection, and adapts the client to a pooler.
 *
 * @param timeoutMs the maximum time of a lock wait or a statement.
 * @throws PoolerSettingsError if the connections lack a setting that this program relies on.
 */
export async function adaptToPooler(client: pg.ClientBase, timeoutMs: number): Promise<void> {
  let session = await readSession(client);
  if (isOfItself(client, session)) return;
  if (session.timezone !== "UTC" || !session.datestyle.startsWith("ISO")) {
    // PgBouncer preserves these two settings per client across PostgreSQL connections.
    await client.query("set timezone to 'UTC'; set datestyle to 'ISO'");
    session = await readSession(client);
  }
  const missing = missingSettings(session, timeoutMs);
  if (missing.length > 0) throw new PoolerSettingsError(describeMissing(missing));
  if (!(await managesNames(client))) leaveOutNames(client);
}

/** Whether a connection goes through a pooler. */
export async function isPooled(client: pg.ClientBase): Promise<boolean> {
  return !isOfItself(client, await readSession(client));
}

async function readSession(client: pg.ClientBase): Promise<Session> {
  const { rows } = await client.query<Session>(SESSION);
  return present(rows[0], "the settings of the connection");
}

/** PostgreSQL sends its process id when a client connects; a pooler sends a different number. */
function isOfItself(client: pg.ClientBase, { pid }: Session): boolean {
  return (client as unknown as { readonly processID: number | null }).processID === pid;
}

function missingSettings(session: Session, timeoutMs: number): string[] {
  // With longer timeouts, this program would abandon a connection before PostgreSQL reports an error.
  const isBounded = (timeout: number): boolean => timeout > 0 && timeout <= timeoutMs;
  const bound = `from 1 to ${String(timeoutMs)}, which is DATABASE_TIMEOUT_MS`;
  const rules = [
    ["timezone", "UTC", session.timezone === "UTC"],
    ["datestyle", "ISO", session.datestyle.startsWith("ISO")],
    ["search_path", "public", session.search_path === "public"],
    ...TIMEOUTS.map((name) => [name, bound, isBounded(session[name])] as const),
    ...PLANNER.map(([name, wanted]) => [name, wanted, session[name] === wanted] as const),
  ] as const;
  return rules
    .filter(([, , isRight]) => !isRight)
    .map(([name, wanted]) => `${name} is ${String(session[name])} and must be ${wanted}`);
}

function describeMissing(missing: readonly string[]): string {
  return (
    "DATABASE_URL or DATABASE_REPLICA_URLS uses a pooler that does not pass this server's settings to " +
    `PostgreSQL: ${missing.join("; ")}. Set them in the pooler, PgBouncer's connect_query, or by ` +
    "`alter role … in database … set …`: docs/poolers-and-replicas.md has both."
  );
}

/**
 * Whether the pooler supports named statements, as PgBouncer does from 1.21 on by renaming them. With a pooler that
 * only forwards names, a name could be unknown or belong to another statement on the next connection.
 */
async function managesNames(client: pg.ClientBase): Promise<boolean> {
  const name = `probe_${randomBytes(8).toString("hex")}`;
  const text = "select exists (select from pg_prepared_statements where name = $1) as passed";
  await client.query("begin");
  const { rows } = await client.query<{ passed: boolean }>({ name, text, values: [name] });
  const isPassedOn = rows[0]?.passed === true;
  // Within the transaction, which stays on one PostgreSQL connection.
  if (isPassedOn) await client.query(sql`deallocate ${identifier(name)}`.text);
  await client.query("commit");
  return !isPassedOn;
}

/** Sends further statements of the connection without names, so that each is parsed and planned again. */
function leaveOutNames(client: pg.ClientBase): void {
  const prototype = Object.getPrototypeOf(client) as { query: (...args: unknown[]) => unknown };
  client.query = ((statement: unknown, ...rest: unknown[]) =>
    prototype.query.call(client, withoutName(statement), ...rest)) as typeof client.query;
}

function withoutName(statement: unknown): unknown {
  if (!(statement instanceof Object) || !("name" in statement)) return statement;
  const { name: _, ...unnamed } = statement;
  return unnamed;
}
