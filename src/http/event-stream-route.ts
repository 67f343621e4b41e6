import type { FastifyReply, FastifyRequest } from "fastify";
import type { OperationKinds } from "../graphql/context.js";
import { deadlineOf } from "./connection-limits.js";
import { EventStream, type StreamEvent } from "./event-stream.js";
import { originOf } from "./request-origin.js";
import type { LiveTransport } from "./live-transport.js";
import type { OperationResponse } from "./apollo.js";
import { sentOf } from "./sent-operation.js";
import { SubscriptionError, SubscriptionStream } from "./subscription-stream.js";

const BY_GET: OperationKinds = new Set(["query", "subscription"]);
export const BY_POST: OperationKinds = new Set(["query", "mutation", "subscription"]);

/** With these, a client must send other credentials or wait: it must see the HTTP status, and so must a proxy. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429, 503]);

/** Answers a request for an event stream: one operation with a response of its own ("distinct connections"). */
export async function answerByEventStream(
  live: LiveTransport,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { subscriptions, requestTimeoutMs } = live;
  const deadline = deadlineOf(reply, requestTimeoutMs);
  const { authorization } = request.headers;
  const outcome = await subscriptions.run(() => sentOf(request), {
    transport: "sse",
    authorization,
    origin: originOf(request),
    log: request.log,
    deadline,
    allows: request.method === "GET" ? BY_GET : BY_POST,
    resumeAfter: lastEventIdOf(request),
  });
  deadline.meet();
  if (!(outcome instanceof SubscriptionStream) && REFUSALS.has(outcome.status))
    return refuse(reply, outcome);
  const stream = new EventStream(reply);
  hold(live, stream, outcome, authorization);
  if (await sendAll(stream, outcome)) {
    await stream.send({ event: "complete", data: null });
    stream.end();
  }
  return reply;
}

/** Keeps a stream open until it, its operation or its token ends. */
function hold(
  { connections, tokens }: LiveTransport,
  stream: EventStream,
  outcome: OperationResponse | SubscriptionStream,
  authorization: string | undefined,
): void {
  const remove = connections.add({
    beat: () => {
      stream.beat();
    },
    close: () => {
      // Without the event `complete`, clients connect again.
      stream.end();
    },
  });
  const unwatch = tokens.watch(authorization ?? "", (reason) => {
    if (outcome instanceof SubscriptionStream) outcome.fail(reason);
  });
  stream.whenClosed(() => {
    remove();
    unwatch();
    if (outcome instanceof SubscriptionStream) void outcome.return();
  });
}

/** Sends the results of an operation as events. @returns whether the client is still connected afterwards. */
export async function sendAll(
  stream: EventStream,
  outcome: OperationResponse | SubscriptionStream,
  eventOf: (result: object) => object = (result) => result,
): Promise<boolean> {
  const next = (result: object, id: string | null = null): StreamEvent => ({
    event: "next",
    data: eventOf(result),
    id,
  });
  if (!(outcome instanceof SubscriptionStream)) {
    await stream.send(next(outcome.result));
    return stream.isOpen;
  }
  try {
    for await (const { result, cursor } of outcome) await stream.send(next(result, cursor));
  } catch (error) {
    if (!(error instanceof SubscriptionError)) throw error;
    await stream.send(next({ errors: error.errors }));
  }
  return stream.isOpen;
}

async function refuse(
  reply: FastifyReply,
  { status, headers, result }: OperationResponse,
): Promise<FastifyReply> {
  for (const [name, value] of headers) reply.header(name, value);
  return reply.code(status).type("application/json; charset=utf-8").send(result);
}

/** The cursor that a client sends when it connects again. */
export function lastEventIdOf({ headers }: FastifyRequest): string | null {
  const id = headers["last-event-id"];
  return typeof id === "string" && id !== "" ? id : null;
}
