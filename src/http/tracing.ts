import type { ApolloServerPlugin } from "@apollo/server";
import type { FastifyInstance } from "fastify";
import type { OperationDefinitionNode } from "graphql";
import type { Context } from "../graphql/context.js";
import { currentScope, within } from "../observability/tracing/scope.js";
import type { Tracing } from "../observability/tracing/tracing.js";
import { HEALTH_PATHS } from "./health.js";
import { kindOf, outcomeOf } from "./operation.js";

/** Asked every few seconds by machines that nobody waits for. */
const UNTRACED: ReadonlySet<string> = new Set([...Object.values(HEALTH_PATHS), "/metrics"]);

const MAX_NAME_LENGTH = 100;

/** Codes of what the server could not do; the others tell a client what it did wrong. */
const FAILURES: ReadonlySet<string> = new Set(["INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"]);

/** Every request in a span of its own, which holds what is done for it. To be added before what does it. */
export function addTracing(http: FastifyInstance, tracing: Tracing): void {
  http.addHook("onRequest", (request, reply, done) => {
    const { method, headers, id: requestId } = request;
    // The pattern, as a path itself may name somebody; empty where nothing was found.
    const route = request.routeOptions.url ?? "";
    if (UNTRACED.has(route)) {
      done();
      return;
    }
    const trace = tracing.beginRequest(headers, `${method} ${route}`.trimEnd(), {
      "http.request.method": method,
      ...(route === "" ? {} : { "http.route": route }),
      "pocketcharge.request_id": requestId,
    });
    reply.raw.once("close", () => {
      const { statusCode, writableFinished } = reply.raw;
      if (writableFinished) trace.set({ "http.response.status_code": statusCode });
      if (!writableFinished) trace.failAs("aborted");
      else if (statusCode >= 500) trace.failAs(String(statusCode));
      trace.end();
    });
    // Fastify itself keeps to the scope while it reads the body.
    within({ requestId, trace }, done);
  });
}

/** Every operation in a span under its request's. Belongs behind `presentErrors`. */
export function traceOperations(): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () => {
      const scope = currentScope();
      if (scope === undefined) return Promise.resolve();
      const request = scope.trace;
      return Promise.resolve({
        didResolveOperation: ({ operation, operationName }) => {
          if (operation) scope.trace = request.begin(...spanOf(operation, operationName));
          return Promise.resolve();
        },
        willSendResponse: ({ response }) => {
          const outcome = outcomeOf(response);
          scope.trace.set({ "pocketcharge.outcome": outcome });
          if (scope.trace === request) return Promise.resolve();
          if (FAILURES.has(outcome)) scope.trace.failAs(outcome);
          scope.trace.end();
          scope.trace = request;
          return Promise.resolve();
        },
      });
    },
  };
}

function spanOf(
  node: OperationDefinitionNode,
  name: string | null,
): [string, { attributes: Record<string, string> }] {
  const { operation, field } = kindOf(node);
  const attributes = {
    "graphql.operation.type": operation,
    "pocketcharge.graphql.field": field,
    ...(name === null ? {} : { "graphql.operation.name": name.slice(0, MAX_NAME_LENGTH) }),
  };
  return [`${operation} ${field}`, { attributes }];
}
