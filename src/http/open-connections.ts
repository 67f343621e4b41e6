/** A connection that stays open. */
export interface OpenConnection {
  /** Sends a sign of life, so that proxies and the client notice a connection that is gone. */
  beat(): void;
  /** Ends the connection because the server stops, so that its client connects to another one. */
  close(): void;
}

/** The connections of one transport that stay open. One timer sends all heartbeats. */
export class OpenConnections {
  private readonly open = new Set<OpenConnection>();
  private readonly timer: NodeJS.Timeout;

  constructor(heartbeatMs: number) {
    this.timer = setInterval(() => {
      for (const connection of this.open) connection.beat();
    }, heartbeatMs).unref();
  }

  /** @returns a function that removes the connection. */
  add(connection: OpenConnection): () => void {
    this.open.add(connection);
    return () => {
      this.open.delete(connection);
    };
  }

  closeAll(): void {
    clearInterval(this.timer);
    for (const connection of [...this.open]) connection.close();
  }
}
