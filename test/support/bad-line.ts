import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Fault =
  "lost request" | "lost answer" | "half an answer" | "silence" | "503" | "502" | "429";

const OF_THE_CONNECTION = new Set(["connection", "content-length", "host", "transfer-encoding"]);

/** The server's content type for clients that accept it, such as Apollo Client and urql. */
const TYPE = "application/graphql-response+json; charset=utf-8";

const UNAVAILABLE = {
  errors: [{ message: "Try again.", extensions: { code: "SERVICE_UNAVAILABLE" } }],
};

const TOO_MUCH = { errors: [{ message: "Too much.", extensions: { code: "RATE_LIMITED" } }] };

/** A proxy between a client and a server that simulates a bad network. */
export class BadLine {
  /** The faults for the next requests, in order. Later requests pass. */
  faults: Fault[] = [];
  /** The Retry-After value of `429` responses. */
  retryAfter = "0";
  /** The unchanged bodies of all requests. */
  sent: string[] = [];

  private constructor(
    private readonly listener: Server,
    private readonly target: string,
  ) {}

  /** @param target the URL of the server's GraphQL endpoint, or any other of its URLs. */
  static async to(target: string): Promise<BadLine> {
    const listener = createServer();
    const line = new BadLine(listener, target);
    listener.on("request", (request, response) => void line.pass(request, response));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return line;
  }

  /** The proxy's address, with the path of the target. */
  get url(): string {
    const { port } = this.listener.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}${new URL(this.target).pathname}`;
  }

  async close(): Promise<void> {
    this.listener.closeAllConnections();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await request.setEncoding("utf8").toArray()).join("");
    this.sent.push(body);
    const fault = this.faults.shift();
    if (fault === "lost request") return void response.destroy();
    if (fault === "429") {
      response.writeHead(429, { "content-type": TYPE, "retry-after": this.retryAfter });
      return void response.end(JSON.stringify(TOO_MUCH));
    }
    if (fault === "503") {
      return void response
        .writeHead(503, { "content-type": TYPE })
        .end(JSON.stringify(UNAVAILABLE));
    }

    const answer = await fetch(new URL(request.url ?? "/", this.target), {
      method: request.method ?? "GET",
      headers: headersOf(request),
      ...(body === "" ? {} : { body }),
    });
    const text = await answer.text();
    if (fault === "lost answer") return void response.destroy();
    if (fault === "silence") return; // the server has processed the request, but its response is lost
    if (fault === "502") return void response.writeHead(502).end("<h1>Bad gateway</h1>");
    response.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type") ?? TYPE,
      "x-request-id": answer.headers.get("x-request-id") ?? "",
      "content-length": Buffer.byteLength(text),
    });
    if (fault !== "half an answer") return void response.end(text);
    response.write(text.slice(0, text.length / 2), () => response.destroy());
  }
}

/** The request's headers, without those of its connection to the proxy. */
function headersOf({ headers }: IncomingMessage): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    OF_THE_CONNECTION.has(name) || typeof value !== "string" ? [] : [[name, value]],
  );
}
