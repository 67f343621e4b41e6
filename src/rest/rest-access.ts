import type { FastifyInstance, FastifyRequest, HTTPMethods } from "fastify";
import type { ApiScope } from "../callers/api-scope.js";
import type { Authenticator } from "../access/authenticator.service.js";
import { type Caller, type MerchantCaller, authorize, requireMerchant } from "../callers/caller.js";
import { type Context, NO_OPERATIONS } from "../graphql/context.js";
import { exceededByJson } from "../graphql/operation-limits/json-size.js";
import { present } from "../shared/assert.js";
import { DOCUMENT_LIMITS, type HttpLimits } from "../shared/request-limits.js";
import { ReadBudget } from "../shared/read-budget.js";
import { deadlineOf } from "../http/connection-limits.js";
import { originOf } from "../http/request-origin.js";
import { refuse } from "./rest-error.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The scopes of which the token needs one. A path without this setting is public. */
    readonly allowedScopes?: readonly ApiScope[];
    /** Whether the response may take any time. The path ends it when its client leaves. */
    readonly hasNoDeadline?: boolean;
  }
  interface FastifyRequest {
    caller: Caller | null;
    /** The same context that GraphQL resolvers receive. */
    callContext: Context | null;
  }
}

/** The time limit of a request, and the bytes that it may read. */
export type RequestLimits = Pick<HttpLimits, "requestTimeoutMs" | "responseBytes">;

/**
 * Requires a token for every path with `allowedScopes`, before the body is read, and aborts requests that
 * exceed the time limit.
 */
export function addAccess(
  rest: FastifyInstance,
  authenticator: Authenticator,
  { requestTimeoutMs, responseBytes }: RequestLimits,
): void {
  rest.decorateRequest("caller", null);
  rest.decorateRequest("callContext", null);
  rest.addHook("onRequest", async (request, reply) => {
    const { allowedScopes } = request.routeOptions.config;
    if (allowedScopes === undefined) return;
    const deadline = deadlineOf(reply, requestTimeoutMs);
    const { authorization } = request.headers;
    const caller = await deadline.race(
      authenticator.authenticate(authorization, originOf(request)),
    );
    deadline.meet();
    authorize(caller, allowedScopes);
    request.caller = caller;
  });
  // Start the time limit here: the time in which the client sends its body does not count.
  rest.addHook("preValidation", async (request, reply) => {
    const { id: requestId, log, caller } = request;
    // A path that streams has its own limits on size and time.
    if (caller === null || request.routeOptions.config.streamsBody === true) return;
    refuseLarge(request.body);
    const deadline = deadlineOf(reply, requestTimeoutMs);
    const hasWritten = request.method !== "GET";
    const reads = new ReadBudget(responseBytes);
    request.callContext = {
      ...{ requestId, log, deadline, reads, caller, hasWritten },
      epoch: {},
      allows: NO_OPERATIONS,
      subscription: null,
    };
  });
  rest.addHook("onRoute", (route) => {
    if (route.config?.allowedScopes === undefined || route.config.hasNoDeadline) return;
    const { handler } = route;
    route.handler = function handleInTime(request, reply) {
      const work = Promise.resolve(handler.call(this, request, reply));
      return contextOf(request).deadline.race(work);
    };
  });
}

/** Bounds the work of validation, which reports an error for each value. @throws RestError for a larger body. */
function refuseLarge(body: unknown): void {
  const exceeded = exceededByJson(body, DOCUMENT_LIMITS);
  if (!exceeded) return;
  const { limit, allowed } = exceeded;
  const most = allowed.toLocaleString("en");
  const what = limit === "values" ? "values" : "levels of nested lists and objects";
  const detail = `The body has more than ${most} ${what}. Send fewer at a time.`;
  throw refuse(400, "BAD_USER_INPUT", detail);
}

export function contextOf({ callContext }: FastifyRequest): Context {
  return present(callContext, "the context of a path with allowedScopes");
}

export function merchantOf(request: FastifyRequest): MerchantCaller {
  return requireMerchant(contextOf(request).caller);
}

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Responds with 405 to the methods that a path does not support. */
export function refuseOtherMethods(
  rest: FastifyInstance,
  url: string,
  allowed: readonly HTTPMethods[],
): void {
  rest.route({
    url,
    method: METHODS.filter((method) => !allowed.includes(method)),
    schema: { hide: true },
    // Refuse before the body is read, because its format may be unsupported.
    onRequest: (request, reply, done) => {
      reply.header("allow", allowed.join(", "));
      const detail = `${request.method} is not supported here. Use ${allowed.join(" or ")}.`;
      done(refuse(405, "BAD_REQUEST", detail));
    },
    handler: () => undefined,
  });
}
