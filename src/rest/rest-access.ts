import type { FastifyInstance, FastifyRequest, HTTPMethods } from "fastify";
import type { ApiScope } from "../callers/api-scope.js";
import type { Authenticator } from "../access/authenticator.service.js";
import { type Caller, type MerchantCaller, authorize, requireMerchant } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { exceededByJson } from "../graphql/operation-limits/json-size.js";
import { present } from "../shared/assert.js";
import { DOCUMENT_LIMITS, type HttpLimits } from "../shared/request-limits.js";
import { ReadBudget } from "../shared/read-budget.js";
import { deadlineOf } from "../http/connection-limits.js";
import { originOf } from "../http/request-origin.js";
import { refuse } from "./rest-error.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The scopes of which one is enough. A path without the word is open to everybody. */
    readonly allowedScopes?: readonly ApiScope[];
  }
  interface FastifyRequest {
    caller: Caller | null;
    /** As GraphQL's resolvers have it. */
    callContext: Context | null;
  }
}

/** The deadline of a request, and the bytes that it may read. */
export type RequestLimits = Pick<HttpLimits, "requestTimeoutMs" | "responseBytes">;

/**
 * Asks every path of the scope that names scopes for a token, before its body is read, and gives up what
 * takes longer than a request may.
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
  // What a client takes to send its body is no part of what an answer may take.
  rest.addHook("preValidation", async (request, reply) => {
    const { id: requestId, log, caller } = request;
    if (caller === null) return;
    refuseLarge(request.body);
    const deadline = deadlineOf(reply, requestTimeoutMs);
    const hasWritten = request.method !== "GET";
    const reads = new ReadBudget(responseBytes);
    request.callContext = { requestId, log, deadline, reads, caller, epoch: {}, hasWritten };
  });
  rest.addHook("onRoute", (route) => {
    if (route.config?.allowedScopes === undefined) return;
    const { handler } = route;
    route.handler = function handleInTime(request, reply) {
      const work = Promise.resolve(handler.call(this, request, reply));
      return contextOf(request).deadline.race(work);
    };
  });
}

/** Bounds the work of validation, which reports an error for each value. @throws RestError */
function refuseLarge(body: unknown): void {
  const exceeded = exceededByJson(body, DOCUMENT_LIMITS);
  if (!exceeded) return;
  const { limit, allowed } = exceeded;
  const most = allowed.toLocaleString("en");
  const what = limit === "values" ? "values" : "lists and objects within each other";
  const detail = `The body has more than ${most} ${what}. Send fewer at a time.`;
  throw refuse(400, "BAD_USER_INPUT", detail);
}

export function contextOf({ callContext }: FastifyRequest): Context {
  return present(callContext, "the context of a path that names its scopes");
}

export function merchantOf(request: FastifyRequest): MerchantCaller {
  return requireMerchant(contextOf(request).caller);
}

const METHODS: readonly HTTPMethods[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Answers 405 to the methods that a path does not have. */
export function refuseOtherMethods(
  rest: FastifyInstance,
  url: string,
  allowed: readonly HTTPMethods[],
): void {
  rest.route({
    url,
    method: METHODS.filter((method) => !allowed.includes(method)),
    schema: { hide: true },
    // Before the body is read, which may be of a form that no path takes.
    onRequest: (request, reply, done) => {
      reply.header("allow", allowed.join(", "));
      const detail = `${request.method} is not answered here; ${allowed.join(" and ")} are.`;
      done(refuse(405, "BAD_REQUEST", detail));
    },
    handler: () => undefined,
  });
}
