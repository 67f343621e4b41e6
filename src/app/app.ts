import "reflect-metadata";
import type { FastifyInstance } from "fastify";
import { isDistributed } from "../database/distributed.js";
import type { Readiness } from "../database/readiness.js";
import { buildGraphqlSchema } from "../graphql/schema.js";
import { type HttpServerOptions, createHttpServer } from "../http/server.js";
import { createRestApi } from "../rest/rest.js";
import { type FeatureOptions, type Features, composeFeatures } from "./features.js";
import { RESOLVERS } from "./resolvers.js";

export interface AppOptions
  extends
    Omit<HttpServerOptions, "schema" | "authenticator" | "rest" | "health" | "log">,
    FeatureOptions {
  /** Looks at the database for /health/ready, which does not ask for it otherwise. */
  readonly readiness?: Pick<Readiness, "look"> | undefined;
}

/** The program, put together and not listening yet. */
export interface App extends Pick<
  Features,
  "services" | "authenticator" | "rotateProviderSecrets" | "forgetTokens"
> {
  readonly http: FastifyInstance;
  /** From now on the server says that it is not ready, and asks clients to connect anew. */
  drain(): void;
  /** Stops taking requests, lets the running ones answer, writes what was kept in memory. */
  close(): Promise<void>;
}

/** The composition root: everything that lives as long as a server's process is made here and in `features.ts`. */
export async function createApp(options: AppOptions): Promise<App> {
  // Asked before the first request does; where the database is away for now, that one asks.
  void isDistributed(options.database.pool).catch(() => undefined);
  const features = composeFeatures(options, options.metrics?.counted);
  const { authenticator } = features;
  const resolvers = new Map<unknown, object>(
    features.resolvers.map((resolver) => [resolver.constructor, resolver]),
  );
  const schema = buildGraphqlSchema(RESOLVERS, (resolver) => resolvers.get(resolver));
  const rest = createRestApi(features.rest, authenticator);
  let isDraining = false;
  const { readiness } = options;
  const health = { isDraining: () => isDraining, lookAtDatabase: readiness?.look.bind(readiness) };
  const http = await createHttpServer({ ...options, schema, authenticator, rest, health });
  return {
    http,
    authenticator,
    services: features.services,
    rotateProviderSecrets: features.rotateProviderSecrets,
    forgetTokens: features.forgetTokens,
    drain: () => {
      isDraining = true;
    },
    close: async () => {
      isDraining = true;
      await http.close();
      await features.close();
    },
  };
}
