import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Instant, parseInstant } from "../shared/instant.js";
import { present } from "../shared/assert.js";
import { PrismaClient } from "./generated/client.js";
import { leavesConnectionUsable } from "./failure.js";
import { hearingOfLostCommit } from "./lost-commit.js";
import { CONNECTION_SETTINGS } from "./planner-settings.js";
import { meetPooler } from "./pooler.js";
import { repeatFailed } from "./repeat.js";
import { type Answer, type RowType, rowOf } from "./row.js";
import { type ReadSource, RequestReads } from "./request-reads.js";
import type { Sql } from "./sql.js";
import { type StatementWatch, watchStatements } from "./statement-watch.js";

const { INT8, TIMESTAMPTZ } = pg.types.builtins;

export interface Statement {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string;
  /** Whether it reads and, at most, locks. */
  readonly reads?: boolean;
}

/** What runs a statement: the pool, or the one connection of a transaction. */
export interface Queryable {
  query(statement: Statement): Promise<Answer & { readonly rowCount: number | null }>;
}

/** @throws why no connection answers, at once. */
export async function requireConnection(pool: pg.Pool): Promise<void> {
  await pool.query("select");
}

/** A statement's own name, or what names its text: PostgreSQL then parses and plans it once for each connection. */
type StatementName = string | ((text: string) => string | undefined);

/**
 * Runs a statement that reads and, at most, locks, and returns its rows. On its own it runs again when its
 * connection broke; in a transaction the whole transaction does.
 *
 * @throws InvariantError when the rows are not of the type.
 */
export async function readRows<Row>(
  on: Queryable,
  type: RowType<Row>,
  statement: Sql,
  name?: StatementName,
): Promise<Row[]> {
  const query = { ...named(statement, name), reads: true };
  const isOnItsOwn = on instanceof pg.Pool || on instanceof RequestReads;
  const run = (): ReturnType<Queryable["query"]> => on.query(query);
  return type.read(await (isOnItsOwn ? repeatFailed(run) : run()));
}

/** As `readRows`. @returns whether the statement answers a row. */
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
 * @throws LostCommitError, where it is on its own and its connection broke: it may have been committed.
 * @throws InvariantError when the rows are not of the type.
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

/** As `writeRows`, for a statement whose rows are not needed. @returns how many rows it has written. */
export async function execute(
  on: Queryable,
  statement: Sql,
  name?: StatementName,
): Promise<number> {
  const query = named(statement, name);
  const { rowCount } = await (on instanceof pg.Pool ? writeOnItsOwn(on, query) : on.query(query));
  return rowCount ?? 0;
}

function named({ text, values }: Sql, name?: StatementName): Statement {
  const ownName = typeof name === "function" ? name(text) : name;
  return ownName === undefined ? { text, values } : { name: ownName, text, values };
}

/** @throws LostCommitError, which nobody repeats: what was written has no name to be found by. */
async function writeOnItsOwn(pool: pg.Pool, query: pg.QueryConfig): Promise<pg.QueryResult> {
  const connection = await pool.connect();
  let hasFailed = true;
  try {
    const result = await hearingOfLostCommit(connection, () => connection.query(query));
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

/** How many texts get a name: each connection keeps its plan of each for as long as it lives. */
const MAX_NAMED_TEXTS = 500;

/** Names a text that is put together at run time, out of a few choices. */
export function nameOfText(text: string): string | undefined {
  const known = namesOfTexts.get(text);
  if (known !== undefined || namesOfTexts.size >= MAX_NAMED_TEXTS) return known;
  const name = `text_${String(namesOfTexts.size)}`;
  namesOfTexts.set(text, name);
  return name;
}

/** One pool of connections, with Prisma on the same pool. */
export interface Database extends ReadSource {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

const CONNECT_PATIENCE_MS = 10_000;

/**
 * How this program connects to any database. What a database or a role may have set otherwise is set
 * as this program needs it: how times are written, where tables are made and looked for, and that
 * warnings are told.
 */
export function connectionTo(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_PATIENCE_MS,
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
  /** Bounds the wait for a connection, for a lock, and for a statement. */
  readonly timeoutMs: number;
  /** Told of connections that break while nobody uses them. The pool replaces them by itself. */
  readonly onIdleError: (error: Error) => void;
  /** Who is told of statements; without it nothing is measured. */
  readonly watch?: StatementWatch | undefined;
}

export function openDatabase(options: DatabaseOptions): Database {
  const pool = openPool(options);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
  return {
    pool,
    prisma,
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** Connections to PostgreSQL, or to a pooler before it. */
export function openPool(options: DatabaseOptions): pg.Pool {
  const connection = connectionTo(options.url);
  const pool = new pg.Pool({
    ...connection,
    options: `${connection.options ?? ""} ${optionsOf(CONNECTION_SETTINGS)}`,
    // Statements that do not depend on each other's answers are sent at once.
    pipeline: true,
    max: options.poolSize,
    connectionTimeoutMillis: options.timeoutMs,
    lock_timeout: options.timeoutMs,
    statement_timeout: options.timeoutMs,
    idle_in_transaction_session_timeout: options.timeoutMs,
    // The server's own limits come first; this one is for a server that no longer answers at all.
    query_timeout: options.timeoutMs + 1_000,
    application_name: "pocketcharge",
    types: typeParsers,
    // Waited for, which its type does not say, before anybody is given the connection.
    onConnect: (client) => meetPooler(client, options.timeoutMs) as unknown as undefined,
  });
  pool.on("error", options.onIdleError);
  if (options.watch) watchStatements(pool, options.watch);
  // A connection that breaks between two statements of a transaction has nobody else to tell, and an
  // error that nobody hears ends the process. The next statement on it fails, and says why.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/**
 * Amounts are within +-2^53 by check constraints, so a bigint column is read as a number; times keep
 * their microseconds. Prisma brings its own parsers and is not touched by these.
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
  // As PostgreSQL writes the years 1 to 9999 in a session in UTC: already checked, and met most often.
  if (text[10] === " " && text.endsWith("+00")) {
    const fraction = text.slice(20, -3).padEnd(6, "0");
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z` as Instant;
  }
  return present(parseInstant(text), `the moment ${text}`);
}
