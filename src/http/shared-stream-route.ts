import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Authenticator } from "../access/authenticator.service.js";
import { type Caller, requireCaller } from "../callers/caller.js";
import { AppError } from "../shared/errors.js";
import { deadlineOf } from "./connection-limits.js";
import { BY_POST, answerByEventStream, lastEventIdOf } from "./event-stream-route.js";
import { EventStream } from "./event-stream.js";
import { prefersEventStream } from "./header-values.js";
import type { LiveTransport } from "./live-transport.js";
import { graphqlError } from "./present-http-error.js";
import { originOf } from "./request-origin.js";
import { type SentOperation, sentOf } from "./sent-operation.js";
import { SharedStream } from "./shared-stream.js";

const PATH = "/graphql/stream";
const TOKEN_HEADER = "x-graphql-event-stream-token";

/** How long a reserved stream waits for its client to open it. */
const RESERVED_MS = 30_000;

/** Serves streams that several operations share ("single connection mode" of GraphQL over SSE). */
export function addSharedStreams(
  http: FastifyInstance,
  live: LiveTransport,
  authenticator: Authenticator,
): void {
  const streams = new SharedStreams(live, authenticator);
  http.put(PATH, (request, reply) => streams.reserve(request, reply));
  http.delete(PATH, (request, reply) => streams.complete(request, reply));
  http.route({
    url: PATH,
    method: ["GET", "POST"],
    exposeHeadRoute: false,
    handler: (request, reply) => {
      if (streamTokenOf(request) === undefined && prefersEventStream(request.headers.accept))
        return answerByEventStream(live, request, reply);
      return request.method === "GET"
        ? streams.open(request, reply)
        : streams.execute(request, reply);
    },
  });
}

class SharedStreams {
  private readonly streams = new Map<string, SharedStream>();

  constructor(
    private readonly live: LiveTransport,
    private readonly authenticator: Authenticator,
  ) {}

  async reserve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { tokenId } = await this.callerOf(request);
    const ofToken = [...this.streams.values()].filter((stream) => stream.tokenId === tokenId);
    const { subscriptionsPerToken: limit } = this.live.limits;
    if (ofToken.length >= limit) throw tooMany(limit, "open streams");
    const token = randomUUID();
    const stream = new SharedStream(tokenId, request.headers.authorization ?? "");
    this.streams.set(token, stream);
    const closeUnlessOpen = (): void => {
      if (!stream.isOpen) this.close(token, stream);
    };
    const unwatch = this.live.tokens.watch(stream.authorization, closeUnlessOpen);
    setTimeout(() => {
      unwatch();
      closeUnlessOpen();
    }, RESERVED_MS).unref();
    return reply.code(201).type("text/plain; charset=utf-8").send(token);
  }

  async open(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // A browser's EventSource cannot send an API token: the token of the stream is a secret, and enough.
    const hasToken = request.headers.authorization !== undefined;
    const shared = hasToken ? await this.streamOf(request) : this.namedBy(request);
    if (shared === undefined) return notFound(reply);
    if (shared.isOpen) return refuse(reply, 409, "The stream is already open.");
    const { connections, tokens } = this.live;
    const stream = new EventStream(reply);
    shared.open(stream);
    const remove = connections.add({
      beat: () => {
        stream.beat();
      },
      close: () => {
        stream.end();
      },
    });
    const unwatch = tokens.watch(shared.authorization, (reason) => void shared.fail(reason));
    stream.whenClosed(() => {
      remove();
      unwatch();
      this.close(streamTokenOf(request) ?? "", shared);
    });
    return reply;
  }

  async execute(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const shared = await this.streamOf(request);
    if (shared === undefined) return notFound(reply);
    const sent = sentOf(request);
    const id = operationIdOf(sent);
    if (id === undefined)
      return refuse(reply, 400, "extensions.operationId must be a string that is not empty.");
    const { operationsPerConnection: limit } = this.live.limits;
    if (shared.size >= limit) throw tooMany(limit, "unfinished operations on this stream");
    const operation = shared.reserve(id);
    if (operation === undefined)
      return refuse(reply, 409, "An operation of this stream has the same operationId.");
    const isBegun = await shared.begin(operation, () =>
      this.live.subscriptions.run(() => sent, {
        transport: "sse",
        authorization: request.headers.authorization,
        origin: originOf(request),
        log: request.log,
        deadline: deadlineOf(reply, this.live.requestTimeoutMs),
        allows: BY_POST,
        resumeAfter: lastEventIdOf(request),
      }),
    );
    return reply.code(isBegun ? 202 : 204).send();
  }

  async complete(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const shared = await this.streamOf(request);
    if (shared === undefined) return notFound(reply);
    const { operationId } = request.query as { readonly operationId?: unknown };
    if (typeof operationId !== "string" || operationId === "")
      return refuse(reply, 400, "The parameter operationId is missing.");
    shared.complete(operationId);
    return reply.code(200).send();
  }

  private close(token: string, stream: SharedStream): void {
    if (this.streams.get(token) === stream) this.streams.delete(token);
    stream.close();
  }

  /** The stream that the request names, if its API token has reserved it. */
  private async streamOf(request: FastifyRequest): Promise<SharedStream | undefined> {
    const { tokenId } = await this.callerOf(request);
    const stream = this.namedBy(request);
    return stream?.tokenId === tokenId ? stream : undefined;
  }

  private namedBy(request: FastifyRequest): SharedStream | undefined {
    return this.streams.get(streamTokenOf(request) ?? "");
  }

  private async callerOf(request: FastifyRequest): Promise<Caller> {
    const { authorization } = request.headers;
    return requireCaller(await this.authenticator.identify(authorization, originOf(request)));
  }
}

/** The token of a reserved stream. A browser's EventSource can send it only in the URL. */
function streamTokenOf({ headers, query }: FastifyRequest): string | undefined {
  const { token } = query as { readonly token?: unknown };
  return [headers[TOKEN_HEADER], token].find((one) => typeof one === "string");
}

function operationIdOf({ extensions }: SentOperation): string | undefined {
  const { operationId } = Object(extensions) as { readonly operationId?: unknown };
  return typeof operationId === "string" && operationId !== "" ? operationId : undefined;
}

function notFound(reply: FastifyReply): FastifyReply {
  const message = `This process has no such stream. Reserve one by PUT ${PATH}. If the server has several processes, a stream's requests must all reach the one that reserved it.`;
  return refuse(reply, 404, message);
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send(graphqlError("BAD_REQUEST", message));
}

function tooMany(limit: number, what: string): AppError {
  const count = limit.toLocaleString("en");
  const message = `This token has ${count} ${what}, which is the maximum. End one of them first.`;
  return new AppError("TOO_MANY_SUBSCRIPTIONS", message);
}
