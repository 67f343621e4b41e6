import type { ApolloServerPlugin } from "@apollo/server";
import type { FastifyInstance } from "fastify";
import { GraphQLError } from "graphql";
import type { Context } from "../graphql/context.js";
import type { Metrics } from "../observability/metrics/metrics.js";
import { codeOf, kindOf, outcomeOf } from "./operation.js";
import type { RestApi } from "./rest-api.js";

export interface ServedMetrics {
  /** What this process counts. */
  readonly counted: Metrics;
  /** What the whole server counted, of which this process may be one of several. */
  readonly text: () => Promise<string>;
}

/** Counts every request, and tells Prometheus of them at `/metrics`. */
export function addMetrics(
  http: FastifyInstance,
  { counted, text }: ServedMetrics,
  rest: Pick<RestApi, "errorFormOf">,
): void {
  // Of the pattern of a route, which no client makes up; empty where nothing was found.
  const routeOf = (pattern: string): "graphql" | "rest" | "other" => {
    if (pattern === "/graphql") return "graphql";
    return rest.errorFormOf(pattern) === null ? "other" : "rest";
  };
  http.addHook("onRequest", (request, { raw }, done) => {
    const begunAt = performance.now();
    const route = routeOf(request.routeOptions.url ?? "");
    let isRunning = true;
    const end = (status: number | null): void => {
      if (isRunning) counted.requestEnded(route, status, (performance.now() - begunAt) / 1_000);
      isRunning = false;
    };
    counted.requestBegan();
    raw.once("finish", () => {
      end(raw.statusCode);
    });
    // Comes alone when the client has gone away, and Fastify then says nothing.
    raw.once("close", () => {
      end(null);
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

/** Counts operations by what their clients are told, and times them. Belongs behind `presentErrors`. */
export function countOperations(metrics: Metrics): ApolloServerPlugin<Context> {
  const refused = ({ error }: { error: Error }): Promise<void> => {
    const code = codeOf(error instanceof GraphQLError ? error.extensions : {});
    metrics.operation(kindOf(undefined), code);
    return Promise.resolve();
  };
  return {
    contextCreationDidFail: refused,
    invalidRequestWasReceived: refused,
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
