import type { FastifyInstance } from "fastify";
import type { DatabaseState } from "../database/migrations/readiness.js";

export interface HealthOptions {
  /** Whether the server is shutting down. */
  readonly isDraining: () => boolean;
  /** Checks the database, in bounded time. If omitted, readiness does not depend on the database. */
  readonly lookAtDatabase?: (() => Promise<DatabaseState>) | undefined;
}

/** The paths of the liveness and readiness probes. */
export const HEALTH_PATHS = { live: "/health/live", ready: "/health/ready" } as const;

/** Reports whether the process is alive, and whether it is ready for requests. */
export function addHealth(
  http: FastifyInstance,
  { isDraining, lookAtDatabase }: HealthOptions,
): void {
  // Liveness ignores the database: restarting this process would not repair it.
  http.get(HEALTH_PATHS.live, async (_request, reply) =>
    reply.header("cache-control", "no-store").send({ status: "ok" }),
  );
  http.get(HEALTH_PATHS.ready, async (_request, reply) => {
    // A server that is shutting down is not ready, even if its database is.
    const database = isDraining() ? undefined : await lookAtDatabase?.();
    const isStopping = isDraining();
    const isReady = !isStopping && Object.values(database ?? {}).every((state) => state === "ok");
    return reply
      .code(isReady ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status: isReady ? "ok" : "unavailable", stopping: isStopping, ...database });
  });
}
