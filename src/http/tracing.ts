import type { ApolloServerPlugin } from "@apollo/server";
import type { FastifyInstance } from "fastify";
import type { OperationDefinitionNode } from "graphql";
import type { Context } from "../graphql/context.js";
import { currentScope, runInScope } from "../observability/tracing/scope.js";
import type { Tracing } from "../observability/tracing/tracing.js";
import { HEALTH_PATHS } from "./health.js";
import { whenAnswered } from "./response-end.js";
import { codeIn, kindOf, outcomeOf } from "./operation.js";

/** Machines request these every few seconds, and no client waits for them. */
const UNTRACED: ReadonlySet<string> = new Set([...Object.values(HEALTH_PATHS), "/metrics"]);

const MAX_NAME_LENGTH = 100;

/** The codes of server failures. The others are errors of the client. */
const FAILURES: ReadonlySet<string> = new Set(["INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"]);

/** Records a span for every request, around all work on it. Must be added before the routes. */
export function addTracing(http: FastifyInstance, tracing: Tracing): void {
  http.addHook("onRequest", (request, reply, done) => {
    const { method, headers, id: requestId } = request;
    // Record the route's pattern, because the path may contain personal data. It is empty if no route matched.
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
    whenAnswered(reply, (status) => {
      if (status === null) trace.failAs("aborted");
      else trace.set({ "http.response.status_code": status });
      if (status !== null && status >= 500) trace.failAs(String(status));
      trace.end();
    });
    // Fastify preserves the async scope while it reads the body.
    runInScope({ requestId, trace }, done);
  });
}

/** Records a span for every operation, below its request's. Must come after `presentErrors`. */
export function traceOperations(): ApolloServerPlugin<Context> {
  return {
    contextCreationDidFail: ({ error }) => {
      currentScope()?.trace.set({ "pocketcharge.outcome": codeIn(error) });
      return Promise.resolve();
    },
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

/** Does work with a span of its own, which belongs to no request over HTTP. */
export async function traceWork<T>(
  tracing: Tracing | undefined,
  name: string,
  requestId: string,
  work: () => Promise<T>,
): Promise<T> {
  if (tracing === undefined) return work();
  const trace = tracing.beginRequest({}, name, { "pocketcharge.request_id": requestId });
  try {
    return await runInScope({ requestId, trace }, work);
  } catch (error) {
    trace.fail(error);
    throw error;
  } finally {
    trace.end();
  }
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
