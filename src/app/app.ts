import "reflect-metadata";
import type { FastifyInstance } from "fastify";
import { isDistributed } from "../database/distributed.js";
import type { Readiness } from "../database/migrations/readiness.js";
import { type HttpServerOptions, createHttpServer } from "../http/server.js";
import type { DocsStart } from "../rest/docs.js";
import { createRestApi } from "../rest/rest.js";
import type { ExportLimits } from "../shared/request-limits.js";
import { composeExports } from "./exports.js";
import { type Composed, type ServiceOptions, composeServices } from "./services.js";

export interface AppOptions
  extends
    Omit<
      HttpServerOptions,
      "schema" | "readsJson" | "authenticator" | "tokens" | "rest" | "health" | "log"
    >,
    ServiceOptions {
  /** The initial content of /docs. If omitted, it has no token. */
  readonly docs?: (() => DocsStart) | undefined;
  /** The limits on exports. Omitted limits have their defaults. */
  readonly exportLimits?: Partial<ExportLimits> | undefined;
  /** Checks the database for /health/ready, which otherwise ignores the database. */
  readonly readiness?: Pick<Readiness, "look"> | undefined;
}

/** The composed program, which delivers webhooks but does not listen yet. */
export interface App extends Pick<
  Composed,
  "services" | "events" | "authenticator" | "rotateSecrets" | "forgetTokens"
> {
  readonly http: FastifyInstance;
  /** Makes the server report that it is not ready, and ask clients to reconnect. */
  drain(): void;
  /**
   * Stops accepting requests, finishes the running ones and the webhooks that are under way, and writes the data that is
   * kept in memory.
   */
  close(): Promise<void>;
}

/** The composition root. Everything that lives as long as the process is created in this folder. */
export async function createApp(options: AppOptions): Promise<App> {
  const readsJson = await isDistributed(options.database.pool).then(
    (isCluster) => !isCluster,
    () => false, // The database is unreachable now. Without JSON, lists work on every database.
  );
  const composed = composeServices(options, options.metrics?.counted);
  const { services, events, authenticator, tokens, rotateSecrets, forgetTokens } = composed;
  const schema = composed.schema();
  const { database, exportLimits } = options;
  const exporting = composeExports(
    { database, schema, tokens, lists: composed.lists, metrics: options.metrics?.counted.exports },
    exportLimits,
  );
  const rest = createRestApi({ ...composed.rest, exporting }, authenticator, options.docs);
  let isDraining = false;
  const { readiness } = options;
  const health = { isDraining: () => isDraining, lookAtDatabase: readiness?.look.bind(readiness) };
  const http = await createHttpServer({
    ...options,
    ...{ schema, readsJson, authenticator, tokens, rest, health },
  });
  composed.delivery?.start();
  return {
    http,
    services,
    events,
    authenticator,
    rotateSecrets,
    forgetTokens,
    drain: () => {
      isDraining = true;
    },
    close: async () => {
      isDraining = true;
      await Promise.all([http.close(), composed.delivery?.stop()]);
      await Promise.all([composed.close(), exporting?.exports.close()]);
    },
  };
}
