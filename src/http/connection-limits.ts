import type { IncomingMessage, ServerOptions, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from "fastify";
import { Deadline } from "../shared/deadline.js";
import type { HttpLimits } from "../shared/request-limits.js";
import { SECURITY_HEADERS } from "./security-headers.js";

/** How often Node looks for clients that are too slow. */
const CHECK_INTERVAL_MS = 1_000;

/** What Fastify and Node are to hold clients to. */
export function connectionOptions(limits: HttpLimits): {
  readonly bodyLimit: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly connectionTimeout: number;
  readonly http: ServerOptions;
  readonly clientErrorHandler: (error: ClientError, socket: Socket) => void;
} {
  const { clientTimeoutMs, requestTimeoutMs } = limits;
  return {
    bodyLimit: limits.bodyBytes,
    requestTimeout: clientTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // While an answer is worked for nothing moves; afterwards its client has to read it.
    connectionTimeout: requestTimeoutMs + clientTimeoutMs,
    http: {
      // Node would answer without the security headers; `checkHosts` refuses a missing host.
      requireHostHeader: false,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: clientTimeoutMs,
      requestTimeout: clientTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, clientTimeoutMs),
    },
    clientErrorHandler: (error, socket) => {
      answerUnread(error, socket, limits);
    },
  };
}

type ClientError = Error & { readonly code?: string };

/** Answers what could not be read as a request, and closes the connection. */
function answerUnread({ code }: ClientError, socket: Socket, limits: HttpLimits): void {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const message = `The request did not arrive whole within ${String(limits.clientTimeoutMs)} ms.`;
    closeWith(socket, "408 Request Timeout", message);
  } else if (code === "HPE_HEADER_OVERFLOW") {
    const message = `The request's headers have more than ${String(limits.headerBytes)} bytes. Send what is long in the body.`;
    closeWith(socket, "431 Request Header Fields Too Large", message);
  } else if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") {
    closeWith(socket, "413 Payload Too Large", "The body's chunk extensions are too long.");
  } else {
    closeWith(socket, "400 Bad Request", "This is no HTTP request.");
  }
}

/** Answers the requests that Node would answer without the security headers, or drop. */
export function answerUnusual(http: FastifyInstance): void {
  http.server.on("checkExpectation", ({ socket }: IncomingMessage) => {
    const message = "The only supported expectation is 100-continue.";
    closeWith(socket, "417 Expectation Failed", message);
  });
  http.server.on("connect", (_request: IncomingMessage, socket: Socket) => {
    closeWith(socket, "405 Method Not Allowed", "This server is not a proxy.", "BAD_REQUEST", [
      ["allow", "GET, POST, PUT"],
    ]);
  });
}

/**
 * Closes connections above the limit, of which each worker has its own count; and, when the server stops,
 * those that have sent nothing: a browser or a balancer opens some for later, and would be waited for.
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
  // Node's own `maxConnections` has a worker hand connections back to the others, for ever when all are full.
  http.server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      if (open.size <= connections / 2) isFull = false;
    });
    if (open.size <= connections) return;
    if (!isFull) log.warn({ connections }, "there are too many connections: more are closed");
    isFull = true;
    const message = "The server has as many connections as it takes. Try again later.";
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
      ...SECURITY_HEADERS,
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

/** Whether an earlier answer has begun: another one would corrupt it. */
function isAnswering(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as { _httpMessage?: ServerResponse | null };
  return answer?.headersSent === true;
}

/** Begins the time that a request has; it is also over when its client goes away. */
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
