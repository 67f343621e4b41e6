import type { ApolloServerPlugin } from "@apollo/server";
import type { FastifyInstance } from "fastify";
import { GraphQLError, OperationTypeNode } from "graphql";
import type { Context } from "../graphql/context.js";
import type { Metrics } from "../metrics/metrics.js";
import { errorFormOf } from "./rest/rest.js";

export interface ServedMetrics {
  /** What this process counts. */
  readonly counted: Metrics;
  /** What the whole server counted, of which this process may be one of several. */
  readonly text: () => Promise<string>;
}

/** Counts every request, and tells Prometheus of them at `/metrics`. */
export function addMetrics(http: FastifyInstance, { counted, text }: ServedMetrics): void {
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

/** Of the pattern of a route, which no client makes up; empty where nothing was found. */
function routeOf(pattern: string): "graphql" | "rest" | "other" {
  if (pattern === "/graphql") return "graphql";
  return errorFormOf(pattern) === null ? "other" : "rest";
}

/** Counts operations by what their clients are told. Belongs behind `presentErrors`. */
export function countOperations(metrics: Metrics): ApolloServerPlugin<Context> {
  const refused = ({ error }: { error: Error }): Promise<void> => {
    metrics.operation("other", codeOf(error instanceof GraphQLError ? error.extensions : {}));
    return Promise.resolve();
  };
  return {
    contextCreationDidFail: refused,
    invalidRequestWasReceived: refused,
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ operation, response: { body } }) => {
          const [first] = (body.kind === "single" ? body.singleResult.errors : undefined) ?? [];
          const outcome = first === undefined ? "ok" : codeOf(first.extensions);
          metrics.operation(kindOf(operation?.operation), outcome);
          return Promise.resolve();
        },
      }),
  };
}

function kindOf(operation: OperationTypeNode | undefined): "query" | "mutation" | "other" {
  if (operation === OperationTypeNode.QUERY) return "query";
  return operation === OperationTypeNode.MUTATION ? "mutation" : "other";
}

function codeOf(extensions: Readonly<Record<string, unknown>> | undefined): string {
  return String(extensions?.["code"]);
}
