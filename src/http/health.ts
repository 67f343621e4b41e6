import type { FastifyInstance } from "fastify";
import type { DatabaseState } from "../database/migrations/readiness.js";

export interface HealthOptions {
  /** Whether the server is about to end. */
  readonly isDraining: () => boolean;
  /** Looks at the database, in bounded time; without it the database is not asked for. */
  readonly lookAtDatabase?: (() => Promise<DatabaseState>) | undefined;
}

/** Where orchestrators and balancers ask whether the server lives and is ready. */
export const HEALTH_PATHS = { live: "/health/live", ready: "/health/ready" } as const;

/** Tells whether the process answers at all, and whether requests should be sent to it. */
export function addHealth(
  http: FastifyInstance,
  { isDraining, lookAtDatabase }: HealthOptions,
): void {
  // No word about the database: to start this process again would not bring it back.
  http.get(HEALTH_PATHS.live, async (_request, reply) =>
    reply.header("cache-control", "no-store").send({ status: "ok" }),
  );
  http.get(HEALTH_PATHS.ready, async (_request, reply) => {
    // A server that stops is not ready, whatever its database does.
    const database = isDraining() ? undefined : await lookAtDatabase?.();
    const isStopping = isDraining();
    const isReady = !isStopping && Object.values(database ?? {}).every((state) => state === "ok");
    return reply
      .code(isReady ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status: isReady ? "ok" : "unavailable", stopping: isStopping, ...database });
  });
}
