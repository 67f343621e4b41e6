import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { tokensOf } from "./header-values.js";

/** The connection of a request that asks for a WebSocket. */
export interface Upgrade {
  readonly socket: Duplex;
  /** The first bytes after the request. */
  readonly head: Buffer;
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/** The connection of a request for a WebSocket; undefined for any other request. */
export function upgradeOf(request: IncomingMessage): Upgrade | undefined {
  return upgrades.get(request);
}

/**
 * Routes requests for a WebSocket like all others, so that they are checked, counted and traced. Other upgrades, such
 * as Java's to HTTP/2, are ignored, as HTTP allows: Node.js would otherwise read no body after such a header.
 */
export function routeUpgrades(http: FastifyInstance): void {
  const { server } = http;
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isResponding(socket)) {
      socket.destroy();
      return;
    }
    if (!isForWebSocket(request)) {
      socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
      server.emit("connection", socket);
      return;
    }
    const onError = (): void => void socket.destroy();
    socket.on("error", onError);
    upgrades.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as ConstructorParameters<typeof ServerResponse>[0]["socket"]);
    // Called only if the route answers instead of opening a WebSocket.
    response.once("finish", () => {
      socket.end();
    });
    http.routing(request, response);
  });
}

/**
 * Whether the connection still has the response to an earlier request. Clients must not send an upgrade before they have
 * it, and Node.js fails to assign a second response.
 */
function isResponding(socket: Duplex & { readonly _httpMessage?: object | null }): boolean {
  return socket._httpMessage != null;
}

function isForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && tokensOf(headers.upgrade).includes("websocket");
}

/** The request as it was sent, without the headers that ask for an upgrade. */
function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method ?? ""} ${url ?? ""} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    const kept = name.toLowerCase() === "connection" ? withoutHop(value) : value;
    if (!HOP_HEADERS.has(name.toLowerCase())) lines.push(`${name}: ${kept}`);
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

const HOP_HEADERS: ReadonlySet<string> = new Set(["upgrade", "http2-settings"]);

function withoutHop(connection: string): string {
  return tokensOf(connection)
    .filter((name) => !HOP_HEADERS.has(name))
    .join(", ");
}
