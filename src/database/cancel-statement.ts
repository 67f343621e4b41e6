import pg from "pg";

/** The timeout for sending a cancellation. If it fails, the statement's own timeout applies. */
const CANCEL_TIMEOUT_MS = 5_000;

/** Properties of node-postgres' connections that are missing in its types. */
interface Backend {
  /** Emits each row as it arrives, with its length in bytes. */
  readonly connection: pg.Connection;
  readonly host: string;
  readonly port: number;
  readonly ssl: pg.ConnectionConfig["ssl"];
  readonly processID: number;
  readonly secretKey: number;
}

export function backendOf(connection: pg.PoolClient): Backend {
  return connection as unknown as Backend;
}

interface Messenger {
  connect(portOrPath: number | string, host?: string): void;
  cancel(processID: number, secretKey: number): void;
}

/**
 * Makes PostgreSQL cancel a connection's statement. The protocol requires a separate connection for this, which
 * needs no connection from the pool and no login.
 *
 * @returns when PostgreSQL has received the cancellation, or cannot be reached.
 */
export function cancelStatementOf(connection: pg.PoolClient): Promise<void> {
  const { host, port, ssl, processID, secretKey } = backendOf(connection);
  const messenger = new pg.Connection(ssl ? { ssl } : {}) as pg.Connection & Messenger;
  return new Promise((resolve) => {
    const timeout = setTimeout(() => messenger.stream.destroy(), CANCEL_TIMEOUT_MS);
    messenger.on("error", () => undefined); // it ends then as well
    messenger.once("end", () => {
      clearTimeout(timeout);
      resolve();
    });
    messenger.once(ssl ? "sslconnect" : "connect", () => {
      messenger.cancel(processID, secretKey);
    });
    if (host.startsWith("/")) messenger.connect(`${host}/.s.PGSQL.${String(port)}`);
    else messenger.connect(port, host);
  });
}
