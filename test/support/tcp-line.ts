import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";

/** A line to a server that a test can cut, with everything that is on it. */
export class TcpLine {
  private readonly sockets = new Set<Socket>();
  private port = 0;

  private constructor(
    private readonly listener: Server,
    private readonly target: URL,
  ) {}

  static async to(target: string): Promise<TcpLine> {
    const line = new TcpLine(createServer(), new URL(target));
    line.listener.on("connection", (socket) => {
      line.pass(socket);
    });
    await line.restore();
    return line;
  }

  /** The target's URL over this line. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String(this.port);
    return url.href;
  }

  /** Breaks every connection, and accepts none until the line is restored. */
  async cut(): Promise<void> {
    const closed = once(this.listener, "close");
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async restore(): Promise<void> {
    this.listener.listen(this.port, "127.0.0.1");
    await once(this.listener, "listening");
    ({ port: this.port } = this.listener.address() as AddressInfo);
  }

  private pass(socket: Socket): void {
    const onward = connect(Number(this.target.port), this.target.hostname);
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.sockets.add(from);
      from.on("error", () => undefined);
      from.on("close", () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
