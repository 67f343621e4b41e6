import pg from "pg";

/**
 * A pool with connections of its own, to the same database with the same settings. It opens them when they are needed.
 * Long reads use it, so that they never hold a connection that requests wait for.
 */
export function separatePool({ options }: pg.Pool, size: number): pg.Pool {
  const pool = new pg.Pool({ ...options, max: size });
  pool.on("error", () => undefined);
  ignoreBrokenConnections(pool);
  return pool;
}

/**
 * If a connection breaks between two statements of a transaction, its "error" event has no other listener and would
 * end the process. The next statement on the connection fails with the reason.
 */
export function ignoreBrokenConnections(pool: pg.Pool): void {
  pool.on("connect", (client) => client.on("error", () => undefined));
}
