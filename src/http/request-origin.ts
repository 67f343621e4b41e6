import type { FastifyRequest } from "fastify";
import type { RequestOrigin } from "../callers/caller.js";

const MAX_USER_AGENT_LENGTH = 200;

/** The origin of a request, for the audit trail. */
export function originOf({ ip, id, headers }: FastifyRequest): RequestOrigin {
  const userAgent = headers["user-agent"]
    // People read this value, so replace control characters.
    ?.replaceAll(/[^\x20-\x7e]/g, "?")
    .slice(0, MAX_USER_AGENT_LENGTH);
  return { address: ip, requestId: id, userAgent: userAgent ?? null };
}
