import type { FastifyInstance } from "fastify";
import type { HttpLimits } from "../shared/request-limits.js";

/** The REST API, which the server adds next to GraphQL. */
export interface RestApi {
  readonly addTo: (http: FastifyInstance, limits: HttpLimits) => Promise<void>;
  /** The error format of a path. Null if it is not a REST path. */
  readonly errorFormOf: (
    url: string,
  ) => { bodyOf: (problems: readonly Problem[]) => object } | null;
}

/** One thing that is wrong with a request. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}
