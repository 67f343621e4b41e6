import type { IncomingMessage, ServerOptions, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from "fastify";
import { Deadline } from "../shared/deadline.js";
import type { HttpLimits } from "../shared/request-limits.js";
import { SECURITY_HEADERS } from "./security-headers.js";

/** The interval at which Node.js checks for clients that are too slow. */
const CHECK_INTERVAL_MS = 1_000;

/** The limits on clients, as options of Fastify and Node.js. */
export function connectionOptions(limits: HttpLimits): {
  readonly bodyLimit: number;
  readonly requestTimeout: 0;
  readonly keepAliveTimeout: number;
  readonly connectionTimeout: number;
  readonly http: ServerOptions;
  readonly clientErrorHandler: (error: ClientError, socket: Socket) => void;
} {
  const { clientTimeoutMs, requestTimeoutMs } = limits;
  return {
    bodyLimit: limits.bodyBytes,
    // Node.js would apply it to uploads too; see `limitBodyTimes`.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // The socket is idle while the server works on a response; then the client needs time to read it.
    connectionTimeout: requestTimeoutMs + clientTimeoutMs,
    http: {
      // Node.js would respond without the security headers. `checkHosts` refuses a missing host instead.
      requireHostHeader: false,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: clientTimeoutMs,
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, clientTimeoutMs),
    },
    clientErrorHandler: (error, socket) => {
      answerUnread(error, socket, limits);
    },
  };
}

type ClientError = Error & { readonly code?: string };

/** Responds to bytes that could not be parsed as a request, and closes the connection. */
function answerUnread(
  { code }: Pick<ClientError, "code">,
  socket: Socket,
  limits: HttpLimits,
): void {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const message = `The request did not arrive completely within ${String(limits.clientTimeoutMs)} ms. Send it again.`;
    closeWith(socket, "408 Request Timeout", message);
  } else if (code === "HPE_HEADER_OVERFLOW") {
    const message = `The request's headers exceed ${String(limits.headerBytes)} bytes. Send long values in the body.`;
    closeWith(socket, "431 Request Header Fields Too Large", message);
  } else if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") {
    closeWith(socket, "413 Payload Too Large", "The body's chunk extensions are too long.");
  } else {
    closeWith(socket, "400 Bad Request", "This is not a valid HTTP request.");
  }
}

/**
 * Limits the time in which a client must send a body, except to paths that receive it as a stream, which have limits
 * of their own.
 */
export function limitBodyTimes(http: FastifyInstance, limits: HttpLimits): void {
  http.addHook("onRequest", ({ raw, routeOptions }, _reply, done) => {
    const { "content-length": length = "0", "transfer-encoding": coding } = raw.headers;
    const hasBody = coding !== undefined || length !== "0";
    // A request that is injected without a connection has none to be closed.
    const isConnected = raw.socket instanceof Socket;
    if (hasBody && isConnected && !raw.complete && routeOptions.config.streamsBody !== true) {
      const timer = setTimeout(() => {
        answerUnread({ code: "ERR_HTTP_REQUEST_TIMEOUT" }, raw.socket, limits);
      }, limits.clientTimeoutMs);
      raw.once("end", () => {
        clearTimeout(timer);
      });
      raw.once("close", () => {
        clearTimeout(timer);
      });
    }
    done();
  });
}

/** Responds to requests that Node.js would drop, or answer without the security headers. */
export function handleUnsupportedRequests(http: FastifyInstance): void {
  http.server.on("checkExpectation", ({ socket }: IncomingMessage) => {
    const message = "The only supported expectation is 100-continue.";
    closeWith(socket, "417 Expectation Failed", message);
  });
  http.server.on("connect", (_request: IncomingMessage, socket: Socket) => {
    closeWith(socket, "405 Method Not Allowed", "This server is not a proxy.", "BAD_REQUEST", [
      ["allow", "GET, POST, PUT, PATCH"],
    ]);
  });
}

/**
 * Closes connections above the limit, which applies to each worker separately. When the server stops, it also
 * closes connections without a request: browsers and load balancers open some in advance, and the shutdown
 * would wait for them.
 */
export function limitConnections(
  http: FastifyInstance,
  { connections }: HttpLimits,
  log: FastifyBaseLogger,
): void {
  const open = new Set<Socket>();
  let isFull = false;
  http.addHook("preClose", (done) => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
  // With Node's own `maxConnections`, workers pass connections on to each other, endlessly if all are full.
  http.server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      if (open.size <= connections / 2) isFull = false;
    });
    if (open.size <= connections) return;
    if (!isFull) log.warn({ connections }, "connection limit reached: closing new connections");
    isFull = true;
    const message = "The server has reached its connection limit. Try again later.";
    closeWith(socket, "503 Service Unavailable", message, "SERVICE_UNAVAILABLE");
  });
}

function closeWith(
  socket: Socket,
  status: string,
  message: string,
  code = "BAD_REQUEST",
  more: readonly (readonly [name: string, value: string])[] = [],
): void {
  if (socket.writable && !isAnswering(socket)) {
    const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
    const headers = [
      ...Object.entries(SECURITY_HEADERS),
      ...more,
      ["content-type", "application/json; charset=utf-8"],
      ["content-length", String(Buffer.byteLength(body))],
      ["connection", "close"],
    ];
    const lines = headers.map(([name = "", value = ""]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${status}\r\n${lines.join("")}\r\n${body}`);
  }
  socket.destroySoon();
}

/** Whether an earlier response is being written, which another one would corrupt. */
function isAnswering(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as { _httpMessage?: ServerResponse | null };
  return answer?.headersSent === true;
}

/** Starts the time limit of a request. It also ends when the client disconnects. */
export function deadlineOf({ raw }: FastifyReply, requestTimeoutMs: number): Deadline {
  const deadline = new Deadline(requestTimeoutMs);
  raw.once("finish", () => {
    deadline.meet();
  });
  raw.once("close", () => {
    deadline.leave();
  });
  return deadline;
}
