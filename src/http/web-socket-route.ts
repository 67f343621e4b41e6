import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  GraphQLSchema,
  parse,
} from "graphql";
import { type ServerOptions, handleProtocols, makeServer } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import type { Authenticator } from "../access/authenticator.service.js";
import { requireCaller } from "../callers/caller.js";
import { presentFailure } from "../graphql/present-error.js";
import { Deadline } from "../shared/deadline.js";
import type { AppError } from "../shared/errors.js";
import { BY_POST } from "./event-stream-route.js";
import type { LiveTransport } from "./live-transport.js";
import type { OperationResponse } from "./apollo.js";
import { refusePrototypes } from "./refuse-prototypes.js";
import { originOf } from "./request-origin.js";
import { becomeStream } from "./response-end.js";
import type { SentOperation } from "./sent-operation.js";
import { SubscriptionError, SubscriptionStream } from "./subscription-stream.js";
import type { Upgrade } from "./upgrade.js";
import { unwrapOperation } from "./subscribe-message.js";
import { Channel, closeCodeOf } from "./web-socket-channel.js";

/** Every message repeats the id of its operation. */
const MAX_ID_LENGTH = 200;

/** How long a client may take to begin the protocol. */
const INIT_TIMEOUT_MS = 10_000;

/** How long the errors of its operations may take to reach a client before its connection closes. */
const FAILING_MS = 500;

export interface WebSocketOptions {
  readonly live: LiveTransport;
  readonly authenticator: Authenticator;
  /** The maximum size of a message. */
  readonly messageBytes: number;
}

/** Answers requests for a WebSocket with the protocol of graphql-ws, `graphql-transport-ws`. */
export class WebSocketRoute {
  private readonly sockets: WebSocketServer;

  constructor(private readonly options: WebSocketOptions) {
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: options.messageBytes,
      handleProtocols,
    });
  }

  accept(request: FastifyRequest, reply: FastifyReply, { socket, head }: Upgrade): FastifyReply {
    reply.hijack();
    becomeStream(reply.raw, 101);
    reply.raw.detachSocket(socket as Parameters<typeof reply.raw.detachSocket>[0]);
    this.sockets.handleUpgrade(request.raw, socket, head, (webSocket) => {
      new Connection(webSocket, request, this.options).open();
    });
    return reply;
  }
}

type Outcome = OperationResponse | SubscriptionStream;
/** An operation that has not ended. Its subscription is null until it has begun. */
interface Running {
  readonly deadline: Deadline;
  stream: SubscriptionStream | null;
}

/** One WebSocket and its operations. */
class Connection {
  private readonly channel: Channel;
  private readonly running = new Map<string, Running>();
  private authorization: string | undefined;
  private unwatch: (() => void) | undefined;
  private onIdle: (() => void) | undefined;

  constructor(
    socket: WebSocket,
    private readonly request: FastifyRequest,
    private readonly options: WebSocketOptions,
  ) {
    this.channel = new Channel(socket);
  }

  open(): void {
    const remove = this.options.live.connections.add(this.channel);
    const closed = makeServer(this.protocol()).opened(this.channel.forProtocol, undefined);
    this.channel.whenClosed((code, reason) => {
      remove();
      this.unwatch?.();
      for (const { deadline } of this.running.values()) deadline.leave();
      void closed(code, reason);
    });
  }

  private protocol(): ServerOptions {
    return {
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      jsonMessageReviver: refusePrototypes,
      onConnect: ({ connectionParams }) => this.authenticate(connectionParams),
      onSubscribe: async (_, id, payload) => {
        const outcome = await this.begin(id, payload);
        if (outcome instanceof SubscriptionStream || "data" in outcome.result)
          return { ...PLACEHOLDER, contextValue: this.resultsOf(id, outcome) };
        this.forget(id);
        return (outcome.result.errors ?? []).map(
          (error) => new GraphQLError(error.message, { extensions: { presented: error } }),
        );
      },
      // The pipeline has already executed the operation, whatever its kind.
      execute: ({ contextValue }) => contextValue as ProtocolResult,
      onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
      onError: (_context, _id, _payload, errors) => errors.flatMap(presentedIn),
      onComplete: (_, id) => {
        this.forget(id);
      },
    };
  }

  /** Identifies the caller by a token in the first message, or in the request for the WebSocket. */
  private async authenticate(params: Readonly<Record<string, unknown>> = {}): Promise<boolean> {
    const { authenticator, live } = this.options;
    const { headers } = this.request;
    const given = params["authorization"] ?? params["Authorization"] ?? headers.authorization;
    const authorization = typeof given === "string" ? given : undefined;
    try {
      requireCaller(await authenticator.identify(authorization, originOf(this.request)));
    } catch (error) {
      this.closeBecauseOf(error);
      return false;
    }
    this.authorization = authorization;
    this.unwatch = live.tokens.watch(authorization ?? "", (reason) => void this.fail(reason));
    return true;
  }

  private async begin(id: string, payload: SentOperation): Promise<Outcome> {
    const { subscriptions, limits, requestTimeoutMs } = this.options.live;
    if (id.length > MAX_ID_LENGTH)
      return refusal("BAD_REQUEST", `The id has more than ${String(MAX_ID_LENGTH)} characters.`);
    const sent = unwrapOperation(payload);
    if (sent === null) return refusal("BAD_REQUEST", "The payload must be a JSON object.");
    if (this.running.size >= limits.operationsPerConnection)
      return refusal(
        "TOO_MANY_SUBSCRIPTIONS",
        `This connection has ${String(limits.operationsPerConnection)} operations that have not ended, which is the maximum. End one of them first.`,
      );
    const running: Running = { deadline: new Deadline(requestTimeoutMs), stream: null };
    this.running.set(id, running);
    const requestId = randomUUID();
    const outcome = await subscriptions.run(() => sent, {
      transport: "websocket",
      authorization: this.authorization,
      origin: { ...originOf(this.request), requestId },
      log: this.request.server.log.child({ reqId: requestId }),
      deadline: running.deadline,
      allows: BY_POST,
      resumeAfter: null,
    });
    running.deadline.meet();
    if (this.running.get(id) !== running) {
      // The client has ended the operation, and reused its id.
      if (outcome instanceof SubscriptionStream) void outcome.return();
      return never();
    }
    if (outcome instanceof SubscriptionStream) running.stream = outcome;
    return outcome;
  }

  /** The results of an operation as graphql-ws reads them: the next one only when the client has taken the last. */
  private resultsOf(id: string, outcome: Outcome): ProtocolResult {
    if (!(outcome instanceof SubscriptionStream)) return outcome.result as Awaited<ProtocolResult>;
    const current = this.running.get(id);
    return {
      next: async () => {
        await this.channel.whenTaken();
        const { done, value } = await outcome.next();
        if (this.running.get(id) !== current) return never();
        return done === true ? { done, value } : { done: false, value: value.result };
      },
      return: () => outcome.return(),
      [Symbol.asyncIterator]() {
        return this;
      },
    } as Awaited<ProtocolResult>;
  }

  private forget(id: string): void {
    this.running.delete(id);
    if (this.running.size === 0) this.onIdle?.();
  }

  /** Ends every subscription with an error, and then the connection. */
  private async fail(reason: AppError): Promise<void> {
    for (const { stream } of this.running.values()) stream?.fail(reason);
    const idle = new Promise<void>((resolve) => {
      this.onIdle = resolve;
      if (this.running.size === 0) resolve();
    });
    await Promise.race([idle, sleep(FAILING_MS, undefined, { ref: false })]);
    this.closeBecauseOf(reason);
  }

  private closeBecauseOf(error: unknown): void {
    const { log, id: requestId } = this.request;
    const { message, extensions } = presentFailure(error, { log, requestId });
    this.channel.closeWith(closeCodeOf(extensions.code), message);
  }
}

/** graphql-ws executes what `onSubscribe` returns. This stands for an operation that was executed already. */
const PLACEHOLDER = { schema: new GraphQLSchema({}), document: parse("{ __typename }") };

type ProtocolResult = ReturnType<NonNullable<ServerOptions["execute"]>>;

/** Stops graphql-ws, which knows operations only by their ids: it would end the later operation of a reused id. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** The public form of an error that passed through graphql-ws. */
function presentedIn({
  originalError,
  extensions,
}: GraphQLError): readonly GraphQLFormattedError[] {
  if (originalError instanceof SubscriptionError) return originalError.errors;
  return [extensions["presented"] as GraphQLFormattedError];
}

function refusal(code: string, message: string): OperationResponse {
  const errors = [{ message, extensions: { code } }];
  return { result: { errors }, status: 400, headers: new Map() };
}
