import pg from "pg";
import type { Deadline } from "../shared/deadline.js";
import type { ReadBudget } from "../shared/read-budget.js";
import { backendOf, cancelStatementOf } from "./cancel-statement.js";
import { isPostgresTimeout } from "./failure.js";
import { readSlotsOf, requestSlotsOf } from "./read-slots.js";

interface Statement {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string;
}

/** The request for which data is read. */
export interface ReadingRequest {
  readonly deadline: Deadline;
  readonly reads: ReadBudget;
  /** The request's id, for the log of slow statements. */
  readonly requestId: string;
  /** Reads of several merchants take turns when they wait for connections. */
  readonly caller?: { readonly merchantId: string | null } | null;
}

/** A replica that is fresh enough to be read. */
export interface ReplicaInUse {
  readonly pool: pg.Pool;
  /** Must be called if a read fails. */
  failed(error: unknown): void;
}

/** Chooses the replica that a request reads, if one is available. */
export interface ReplicaChoice {
  chooseFor(request: object): ReplicaInUse | undefined;
}

/** The source of reads for lists and aggregates. */
export interface ReadSource {
  readonly pool: pg.Pool;
  readonly replicas?: ReplicaChoice | undefined;
}

/**
 * Reads for one request, each on a connection that no other request uses at the same time. PostgreSQL cancels them
 * when the request's deadline passes or its read budget is spent. Never use it for writes: a cancelled write
 * may or may not be rolled back.
 */
export class RequestReads {
  /** @param replicas used for reads that may be as old as a replica's data. */
  constructor(
    readonly pool: pg.Pool,
    private readonly request: ReadingRequest,
    private readonly replicas?: ReplicaChoice,
  ) {}

  /**
   * @throws AppError SERVICE_UNAVAILABLE if the deadline passes, BAD_USER_INPUT if too much was read, or
   *   PostgreSQL's error.
   */
  async query(statement: Statement): Promise<pg.QueryResult> {
    const { deadline, reads } = this.request;
    deadline.check();
    reads.check();
    const leave = await requestSlotsOf(deadline).take("", deadline);
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
      // A statement that timed out on the replica would also time out on the primary.
      if (deadline.isOver || reads.isSpent || isPostgresTimeout(error)) throw error;
      replica.failed(error);
      return await this.queryOnPrimary(statement);
    }
  }

  /** Queries the primary with limited connections, because charges need some too. On a replica, only lists do. */
  private async queryOnPrimary(statement: Statement): Promise<pg.QueryResult> {
    const { deadline, caller } = this.request;
    const leave = await readSlotsOf(this.pool).take(caller?.merchantId ?? "", deadline);
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
    const { connection: wire } = backendOf(connection);
    const countRow = ({ length }: { readonly length: number }): void => {
      reads.take(length);
      if (reads.isSpent) cancel();
    };
    wire.on("dataRow", countRow);
    let hasFailed = true;
    try {
      const identified: Statement & Pick<ReadingRequest, "requestId"> = { ...statement, requestId };
      const result = await connection.query(identified);
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
        // The cancellation may arrive late, and must not hit another request's statement.
        void cancelling.then(() => {
          release(true);
        });
      } else {
        release(hasFailed);
      }
    }
  }
}

/** Reads of lists and aggregates, which end with the request's deadline, from a replica if possible. */
export function readsFrom(
  { pool, replicas }: ReadSource,
  request: ReadingRequest,
  mayBeReplica: boolean,
): RequestReads {
  return new RequestReads(pool, request, mayBeReplica ? replicas : undefined);
}

/** Reads that end with the request's deadline, except in a transaction. */
export function withinTime<On extends object>(on: On, request: ReadingRequest): On | RequestReads {
  return on instanceof pg.Pool ? new RequestReads(on, request) : on;
}
