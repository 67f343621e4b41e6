import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";

/** A line between clients and a server, which can be cut. It passes bytes as they are. */
export class TcpLine {
  private constructor(
    private readonly listener: Server,
    private readonly target: URL,
    private readonly sockets: Set<Socket>,
  ) {}

  /** @param target the URL of the server's GraphQL endpoint. */
  static async to(target: string): Promise<TcpLine> {
    const sockets = new Set<Socket>();
    const { hostname, port } = new URL(target);
    const listener = createServer((client) => {
      const server = connect({ host: hostname, port: Number(port) });
      for (const [from, into] of [
        [client, server],
        [server, client],
      ] as const) {
        sockets.add(from);
        from.on("error", () => undefined);
        from.on("close", () => {
          sockets.delete(from);
          into.destroy();
        });
        from.pipe(into);
      }
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return new TcpLine(listener, new URL(target), sockets);
  }

  /** The line's own address, with the path of the target. */
  get url(): string {
    const { port } = this.listener.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}${this.target.pathname}`;
  }

  /** Breaks all connections. New ones can be made at once. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.listener.close(resolve));
  }
}
