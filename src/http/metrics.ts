import type { ApolloServerPlugin } from "@apollo/server";
import type { FastifyInstance } from "fastify";
import type { Context } from "../graphql/context.js";
import type { Metrics } from "../observability/metrics/metrics.js";
import { codeIn, kindOf, outcomeOf } from "./operation.js";
import { whenAnswered } from "./response-end.js";
import type { RestApi } from "./rest-api.js";

export interface ServedMetrics {
  /** The metrics of this process. */
  readonly counted: Metrics;
  /** The metrics of the whole server, which may have several processes, in Prometheus' text format. */
  readonly text: () => Promise<string>;
}

/** Counts every request, and serves the metrics to Prometheus at `/metrics`. */
export function addMetrics(
  http: FastifyInstance,
  { counted, text }: ServedMetrics,
  rest: Pick<RestApi, "errorFormOf">,
): void {
  // From the route's pattern, which clients cannot invent. It is empty if no route matched.
  const routeOf = (pattern: string): "graphql" | "rest" | "other" => {
    if (pattern === "/graphql") return "graphql";
    return rest.errorFormOf(pattern) === null ? "other" : "rest";
  };
  http.addHook("onRequest", (request, reply, done) => {
    const begunAt = performance.now();
    const route = routeOf(request.routeOptions.url ?? "");
    counted.requestBegan();
    whenAnswered(reply, (status) => {
      counted.requestEnded(route, status, (performance.now() - begunAt) / 1_000);
    });
    done();
  });
  http.get("/metrics", async (_request, reply) =>
    reply
      .header("content-type", counted.contentType)
      .header("cache-control", "no-store")
      .send(await text()),
  );
}

/** Counts and times operations by the outcome that the client sees. Must come after `presentErrors`. */
export function countOperations(metrics: Metrics): ApolloServerPlugin<Context> {
  return {
    contextCreationDidFail: ({ error }) => {
      metrics.operation(kindOf(undefined), codeIn(error));
      return Promise.resolve();
    },
    requestDidStart: () => {
      const begunAt = performance.now();
      return Promise.resolve({
        willSendResponse: ({ operation, response }) => {
          const seconds = (performance.now() - begunAt) / 1_000;
          metrics.operation(kindOf(operation), outcomeOf(response), seconds);
          return Promise.resolve();
        },
      });
    },
  };
}
