import type { EventEmitter } from "node:events";
import pg from "pg";
import type { Deadline } from "../shared/deadline.js";
import type { ReadBudget } from "../shared/read-budget.js";
import { hasWaitedTooLong } from "./failure.js";
import { readPlacesOf, requestPlacesOf } from "./read-places.js";

interface Statement {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string;
}

/** For whom is read. */
export interface ReadingRequest {
  readonly deadline: Deadline;
  readonly reads: ReadBudget;
  /** Told by the log when a statement is slow. */
  readonly requestId: string;
  /** Reads of several merchants take turns when they wait for connections. */
  readonly caller?: { readonly merchantId: string | null } | null;
}

/** How long the messenger of a cancellation may take; the statement's own timeout ends it otherwise. */
const CANCEL_PATIENCE_MS = 5_000;

/** A replica that is fresh enough to be read. */
export interface ReplicaInUse {
  readonly pool: pg.Pool;
  /** To be told when it could not be read. */
  failed(error: unknown): void;
}

/** Says which replica a request reads, if there is one to be read. */
export interface ReplicaChoice {
  chooseFor(request: object): ReplicaInUse | undefined;
}

/** Where lists and figures are read. */
export interface ReadSource {
  readonly pool: pg.Pool;
  readonly replicas?: ReplicaChoice | undefined;
}

/**
 * Reads for one request, each on a connection that no other request uses meanwhile. PostgreSQL cancels them
 * when the request's deadline passes or its read budget is spent. Never use it for writes: a cancelled write
 * may or may not be undone.
 */
export class RequestReads {
  /** @param replicas for what may be as old as a replica is. */
  constructor(
    readonly pool: pg.Pool,
    private readonly request: ReadingRequest,
    private readonly replicas?: ReplicaChoice,
  ) {}

  /**
   * @throws AppError SERVICE_UNAVAILABLE when the deadline passes, BAD_USER_INPUT when too much was read, or
   *   the error of PostgreSQL.
   */
  async query(statement: Statement): Promise<pg.QueryResult> {
    const { deadline, reads } = this.request;
    deadline.check();
    reads.check();
    const leave = await requestPlacesOf(deadline).take("", deadline);
    try {
      return await this.queryInPlace(statement);
    } finally {
      leave();
    }
  }

  private async queryInPlace(statement: Statement): Promise<pg.QueryResult> {
    const { deadline, reads } = this.request;
    const replica = this.replicas?.chooseFor(deadline);
    if (replica === undefined) return this.queryOnPrimary(statement);
    try {
      return await this.queryOn(replica.pool, statement);
    } catch (error) {
      // What took too long there would take as long again.
      if (deadline.isOver || reads.isSpent || hasWaitedTooLong(error)) throw error;
      replica.failed(error);
      return await this.queryOnPrimary(statement);
    }
  }

  /** On the primary, where charges need connections as well; on a replica only lists do. */
  private async queryOnPrimary(statement: Statement): Promise<pg.QueryResult> {
    const { deadline, caller } = this.request;
    const leave = await readPlacesOf(this.pool).take(caller?.merchantId ?? "", deadline);
    return this.queryOn(this.pool, statement, leave);
  }

  /** @param onReleased called exactly once, when the connection is released or was never acquired. */
  private async queryOn(
    pool: pg.Pool,
    statement: Statement,
    onReleased: () => void = () => undefined,
  ): Promise<pg.QueryResult> {
    const { deadline, reads, requestId } = this.request;
    const connection = await pool.connect().catch((error: unknown) => {
      onReleased();
      throw error;
    });
    const release = (isBroken: boolean): void => {
      connection.release(isBroken);
      onReleased();
    };
    if (deadline.isOver) {
      release(false);
      throw deadline.failure();
    }
    let cancelling = undefined as Promise<void> | undefined;
    const cancel = (): void => {
      cancelling ??= cancelStatementOf(connection);
    };
    const forget = deadline.whenOver(cancel);
    const { connection: wire } = connection as unknown as Backend;
    const countRow = ({ length }: { readonly length: number }): void => {
      reads.take(length);
      if (reads.isSpent) cancel();
    };
    wire.on("dataRow", countRow);
    let hasFailed = true;
    try {
      const told: Statement & Pick<ReadingRequest, "requestId"> = { ...statement, requestId };
      const result = await connection.query(told);
      hasFailed = false;
      reads.check();
      return result;
    } catch (error) {
      if (reads.isSpent) throw reads.failure(error);
      throw cancelling ? deadline.failure(error) : error;
    } finally {
      forget();
      wire.off("dataRow", countRow);
      if (cancelling) {
        // The word may arrive late, and must not meet another request's statement.
        void cancelling.then(() => {
          release(true);
        });
      } else {
        release(hasFailed);
      }
    }
  }
}

/** Reads of lists and figures, which end with the request's time, at a replica if it may be one. */
export function readsFrom(
  { pool, replicas }: ReadSource,
  request: ReadingRequest,
  mayBeReplica: boolean,
): RequestReads {
  return new RequestReads(pool, request, mayBeReplica ? replicas : undefined);
}

/** Reads that end with the request's time; in a transaction nothing does. */
export function withinTime<On extends object>(on: On, request: ReadingRequest): On | RequestReads {
  return on instanceof pg.Pool ? new RequestReads(on, request) : on;
}

/** What node-postgres knows of a connection, and does not tell in its types. */
interface Backend {
  /** Emits each row as it arrives, with its length in bytes. */
  readonly connection: EventEmitter;
  readonly host: string;
  readonly port: number;
  readonly ssl: pg.ConnectionConfig["ssl"];
  readonly processID: number;
  readonly secretKey: number;
}

interface Messenger {
  connect(portOrPath: number | string, host?: string): void;
  cancel(processID: number, secretKey: number): void;
}

/**
 * Has PostgreSQL stop what a connection is doing: by a connection of its own, as the protocol wants it,
 * which needs no place in the pool and no login.
 *
 * @returns when PostgreSQL has passed the word on, or cannot be told.
 */
function cancelStatementOf(connection: pg.PoolClient): Promise<void> {
  const { host, port, ssl, processID, secretKey } = connection as unknown as Backend;
  const messenger = new pg.Connection(ssl ? { ssl } : {}) as pg.Connection & Messenger;
  return new Promise((resolve) => {
    const patience = setTimeout(() => messenger.stream.destroy(), CANCEL_PATIENCE_MS);
    messenger.on("error", () => undefined); // it ends then as well
    messenger.once("end", () => {
      clearTimeout(patience);
      resolve();
    });
    messenger.once(ssl ? "sslconnect" : "connect", () => {
      messenger.cancel(processID, secretKey);
    });
    if (host.startsWith("/")) messenger.connect(`${host}/.s.PGSQL.${String(port)}`);
    else messenger.connect(port, host);
  });
}
