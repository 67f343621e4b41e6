import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { committed } from "./commits.js";
import { leavesConnectionUsable } from "./failure.js";
import { type Prisma, PrismaClient } from "./generated/client.js";
import { BEGIN, commit } from "./lost-commit.js";
import type { ModelName } from "./models.js";

/** The read operations of Prisma Client. Writes use `inPrismaTransaction`, which only records/ calls. */
export type PrismaReads = {
  readonly [M in ModelName as Uncapitalize<M>]: Pick<
    PrismaClient[Uncapitalize<M>],
    "findMany" | "findFirst"
  >;
};

/** An open transaction of Prisma Client. */
export type PrismaTransaction = Prisma.TransactionClient;

/** PostgreSQL applies the pool's timeout to each statement. Prisma's own timeouts allow for this many statements. */
const STATEMENTS_IN_TRANSACTION = 10;

/** Prisma Client on the connections of a pool, which it does not close. */
export function openPrisma(pool: pg.Pool, timeoutMs: number): PrismaClient {
  const longest = STATEMENTS_IN_TRANSACTION * timeoutMs;
  return new PrismaClient({
    adapter: new PrismaPg(poolForPrisma(pool), { disposeExternalPool: false }),
    transactionOptions: { maxWait: longest, timeout: longest },
  });
}

/**
 * Runs the work in one transaction of Prisma Client, with the guarantees of `inTransaction`: it is read committed,
 * a lost commit is an error, and a connection in an uncertain state is closed. The work runs once.
 */
export function inPrismaTransaction<T>(
  prisma: PrismaReads,
  work: (tx: PrismaTransaction) => Promise<T>,
): Promise<T> {
  return (prisma as PrismaClient).$transaction(work);
}

/** The pool, with connections that Prisma's transactions can use. */
function poolForPrisma(pool: pg.Pool): pg.Pool {
  return Object.create(pool, {
    query: { value: pool.query.bind(pool) },
    on: { value: pool.on.bind(pool) },
    removeListener: { value: pool.removeListener.bind(pool) },
    connect: { value: async () => connectionForPrisma(pool, await pool.connect()) },
  }) as pg.Pool;
}

/** The part of a connection that Prisma's adapter uses in a transaction. */
type Connection = Pick<pg.PoolClient, "on" | "removeListener" | "release"> & {
  query(statement: pg.QueryConfig): Promise<pg.QueryResult>;
};

function connectionForPrisma(pool: pg.Pool, connection: pg.PoolClient): Connection {
  let isUsable = true;
  const send = async (statement: pg.QueryConfig): Promise<pg.QueryResult> => {
    if (statement.text === "COMMIT") {
      const result = await commit(connection);
      committed(pool);
      return result;
    }
    return connection.query(statement.text === "BEGIN" ? BEGIN : statement);
  };
  return {
    on: connection.on.bind(connection),
    removeListener: connection.removeListener.bind(connection),
    release: () => {
      connection.release(!isUsable);
    },
    query: async (statement) => {
      try {
        return await send(statement);
      } catch (error) {
        isUsable &&= leavesConnectionUsable(error);
        throw error;
      }
    },
  };
}
