import "reflect-metadata";
import type { FastifyInstance } from "fastify";
import { isDistributed } from "../database/distributed.js";
import type { Readiness } from "../database/migrations/readiness.js";
import { type HttpServerOptions, createHttpServer } from "../http/server.js";
import { createRestApi } from "../rest/rest.js";
import { type Composed, type ServiceOptions, composeServices } from "./services.js";

export interface AppOptions
  extends
    Omit<HttpServerOptions, "schema" | "authenticator" | "rest" | "health" | "log">,
    ServiceOptions {
  /** Looks at the database for /health/ready, which does not ask for it otherwise. */
  readonly readiness?: Pick<Readiness, "look"> | undefined;
}

/** The program, put together and not listening yet. */
export interface App extends Pick<
  Composed,
  "services" | "authenticator" | "rotateProviderSecrets" | "forgetTokens"
> {
  readonly http: FastifyInstance;
  /** From now on the server says that it is not ready, and asks clients to connect anew. */
  drain(): void;
  /** Stops taking requests, lets the running ones answer, writes what was kept in memory. */
  close(): Promise<void>;
}

/** The composition root: everything that lives as long as the process is made in this folder. */
export async function createApp(options: AppOptions): Promise<App> {
  // Asked before the first request does; where the database is away for now, that one asks.
  void isDistributed(options.database.pool).catch(() => undefined);
  const composed = composeServices(options, options.metrics?.counted);
  const { services, authenticator, rotateProviderSecrets, forgetTokens } = composed;
  const schema = composed.schema();
  const rest = createRestApi(composed.rest, authenticator);
  let isDraining = false;
  const { readiness } = options;
  const health = { isDraining: () => isDraining, lookAtDatabase: readiness?.look.bind(readiness) };
  const http = await createHttpServer({ ...options, schema, authenticator, rest, health });
  return {
    http,
    services,
    authenticator,
    rotateProviderSecrets,
    forgetTokens,
    drain: () => {
      isDraining = true;
    },
    close: async () => {
      isDraining = true;
      await http.close();
      await composed.close();
    },
  };
}
