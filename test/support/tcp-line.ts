import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";

/** A line between clients and a server, which can be cut. It passes bytes as they are. */
export class TcpLine {
  private readonly sockets = new Set<Socket>();
  private port = 0;
  /** Cuts the line once, after so many bytes of one response. */
  cutAfterBytes: number | undefined;

  private constructor(
    private readonly listener: Server,
    private readonly target: URL,
  ) {}

  /** @param target the URL of the server's GraphQL endpoint. */
  static async to(target: string): Promise<TcpLine> {
    const line = new TcpLine(createServer(), new URL(target));
    line.listener.on("connection", (client) => {
      line.pass(client);
    });
    await line.restore();
    return line;
  }

  /** The line's own address, with the path of the target. */
  get url(): string {
    return `http://127.0.0.1:${String(this.port)}${this.target.pathname}`;
  }

  /** Breaks all connections. New ones can be made at once. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Breaks all connections, and refuses new ones. */
  async close(): Promise<void> {
    const closed = once(this.listener, "close");
    this.listener.close();
    this.cut();
    await closed;
  }

  /** Accepts connections at the same address again. */
  async restore(): Promise<void> {
    this.listener.listen(this.port, "127.0.0.1");
    await once(this.listener, "listening");
    ({ port: this.port } = this.listener.address() as AddressInfo);
  }

  private pass(client: Socket): void {
    const server = connect({ host: this.target.hostname, port: Number(this.target.port) });
    for (const [from, into] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on("error", () => undefined);
      from.on("close", () => {
        this.sockets.delete(from);
        into.destroy();
      });
      from.pipe(into);
    }
    let received = 0;
    server.on("data", ({ length }: Buffer) => {
      received += length;
      if (this.cutAfterBytes === undefined || received < this.cutAfterBytes) return;
      this.cutAfterBytes = undefined;
      this.cut();
    });
  }
}
