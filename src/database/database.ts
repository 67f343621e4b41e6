import pg from "pg";
import { withArrayText } from "./array-text.js";
import { type Instant, parseInstant } from "../shared/instant.js";
import { present } from "../shared/assert.js";
import { leavesConnectionUsable } from "./failure.js";
import { detectLostCommit } from "./lost-commit.js";
import { CONNECTION_SETTINGS } from "./planner-settings.js";
import { adaptToPooler } from "./pooler.js";
import { type PrismaReads, openPrisma } from "./prisma.js";
import { ignoreBrokenConnections } from "./separate-pool.js";
import { retryFailed } from "./retry.js";
import { type Answer, type RowType, rowOf } from "./row.js";
import { type ReadSource, RequestReads } from "./request-reads.js";
import type { Sql } from "./sql.js";
import { type StatementWatch, watchStatements } from "./statement-watch.js";

const { INT8, TIMESTAMPTZ } = pg.types.builtins;

export interface Statement {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string;
  /** Whether it writes nothing. It may lock rows. */
  readonly reads?: boolean;
}

/** Runs statements: the pool, or the connection of a transaction. */
export interface Queryable {
  query(statement: Statement): Promise<Answer & { readonly rowCount: number | null }>;
}

/** Checks that a connection can be opened. @throws the error of the first attempt. */
export async function requireConnection(pool: pg.Pool): Promise<void> {
  await pool.query("select");
}

/** The name of a statement, or a function of its text. PostgreSQL plans a named statement once per connection. */
type StatementName = string | ((text: string) => string | undefined);

/**
 * Runs a statement that writes nothing, and returns its rows. It may lock rows. Outside a transaction it is retried if
 * its connection breaks; inside one, the whole transaction is.
 *
 * @throws InvariantError if the rows do not match the type.
 */
export async function readRows<Row>(
  on: Queryable,
  type: RowType<Row>,
  statement: Sql,
  name?: StatementName,
): Promise<Row[]> {
  const query = named(statement, name, true);
  const isOnItsOwn = on instanceof pg.Pool || on instanceof RequestReads;
  const run = (): ReturnType<Queryable["query"]> => on.query(query);
  return type.read(await (isOnItsOwn ? retryFailed(run) : run()));
}

/** Like `readRows`. @returns whether the statement returns any row. */
export async function hasRows(
  on: Queryable,
  statement: Sql,
  name?: StatementName,
): Promise<boolean> {
  return (await readRows(on, NO_COLUMNS, statement, name)).length > 0;
}

const NO_COLUMNS = rowOf({});

/**
 * Runs a statement that writes, and returns its rows.
 *
 * @throws LostCommitError outside a transaction, if the connection breaks: the statement may have been committed.
 * @throws InvariantError if the rows do not match the type.
 */
export async function writeRows<Row>(
  on: Queryable,
  type: RowType<Row>,
  statement: Sql,
  name?: StatementName,
): Promise<Row[]> {
  const query = named(statement, name);
  return type.read(await (on instanceof pg.Pool ? writeOnItsOwn(on, query) : on.query(query)));
}

/** Like `writeRows`, for a statement whose rows are not needed. @returns the number of rows that it wrote. */
export async function execute(
  on: Queryable,
  statement: Sql,
  name?: StatementName,
): Promise<number> {
  const query = named(statement, name);
  const { rowCount } = await (on instanceof pg.Pool ? writeOnItsOwn(on, query) : on.query(query));
  return rowCount ?? 0;
}

/** A literal, because adding a property to a copy of an object takes V8 longer than the rest of the function. */
function named({ text, values: given }: Sql, name?: StatementName, reads = false): Statement {
  const values = given.map(withArrayText);
  const ownName = typeof name === "function" ? name(text) : name;
  return ownName === undefined ? { text, values, reads } : { name: ownName, text, values, reads };
}

/** @throws LostCommitError, which is never retried: the server cannot tell whether the row was written. */
async function writeOnItsOwn(pool: pg.Pool, query: pg.QueryConfig): Promise<pg.QueryResult> {
  const connection = await pool.connect();
  let hasFailed = true;
  try {
    const result = await detectLostCommit(connection, () => connection.query(query));
    hasFailed = false;
    return result;
  } catch (error) {
    hasFailed = !leavesConnectionUsable(error);
    throw error;
  } finally {
    connection.release(hasFailed);
  }
}

const namesOfTexts = new Map<string, string>();

/** The maximum number of named texts. Each connection keeps the plan of each until it closes. */
const MAX_NAMED_TEXTS = 500;

/** Names a statement text that is built at run time and has few variants. */
export function nameOfText(text: string): string | undefined {
  const known = namesOfTexts.get(text);
  if (known !== undefined || namesOfTexts.size >= MAX_NAMED_TEXTS) return known;
  const name = `text_${String(namesOfTexts.size)}`;
  namesOfTexts.set(text, name);
  return name;
}

/** A pool of connections, and Prisma Client on the same pool. */
export interface Database extends ReadSource {
  readonly pool: pg.Pool;
  readonly prisma: PrismaReads;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The connection settings for every database. They override settings of the database or the role: the format of times,
 * the schema of the tables, and which messages are sent.
 */
export function connectionTo(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    options: optionsOf({
      DateStyle: "ISO",
      TimeZone: "UTC",
      search_path: "public",
      client_min_messages: "warning",
    }),
  };
}

function optionsOf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" ");
}

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** The timeout for acquiring a connection, for a lock, and for a statement. */
  readonly timeoutMs: number;
  /** Called when an idle connection breaks. The pool replaces it. */
  readonly onIdleError: (error: Error) => void;
  /** Receives slow statements. Without it, statements are not measured. */
  readonly watch?: StatementWatch | undefined;
}

export function openDatabase(options: DatabaseOptions): Database {
  const pool = openPool(options);
  const prisma = openPrisma(pool, options.timeoutMs);
  return {
    pool,
    prisma,
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** A pool of connections to PostgreSQL, or to a pooler in front of it. */
export function openPool(options: DatabaseOptions): pg.Pool {
  const connection = connectionTo(options.url);
  const pool = new pg.Pool({
    ...connection,
    options: `${connection.options ?? ""} ${optionsOf(CONNECTION_SETTINGS)}`,
    // Send independent statements without waiting for earlier results.
    pipeline: true,
    max: options.poolSize,
    connectionTimeoutMillis: options.timeoutMs,
    lock_timeout: options.timeoutMs,
    statement_timeout: options.timeoutMs,
    idle_in_transaction_session_timeout: options.timeoutMs,
    // PostgreSQL's own timeouts come first. This one is for a server that does not respond at all.
    query_timeout: options.timeoutMs + 1_000,
    application_name: "pocketcharge",
    types: typeParsers,
    // The pool awaits this promise before it hands out the connection, although its type does not say so.
    onConnect: (client) => adaptToPooler(client, options.timeoutMs) as unknown as undefined,
  });
  pool.on("error", options.onIdleError);
  if (options.watch) watchStatements(pool, options.watch);
  ignoreBrokenConnections(pool);
  return pool;
}

/**
 * Reads bigint as a number, since check constraints keep amounts within ±2^53, and times with microseconds. Prisma
 * uses its own parsers.
 */
const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (format !== "binary") {
      if (oid === INT8) return Number;
      if (oid === TIMESTAMPTZ) return readTimestamp;
    }
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  },
};

function readTimestamp(text: string): Instant {
  // The format of the years 1 to 9999 in a session in UTC. It is the most frequent one and needs no further check.
  if (text[10] === " " && text.endsWith("+00")) {
    const fraction = text.slice(20, -3).padEnd(6, "0");
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z` as Instant;
  }
  return present(parseInstant(text), `the timestamp ${text}`);
}
