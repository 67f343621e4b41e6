import type { FastifyInstance } from "fastify";
import type { HttpLimits } from "../shared/request-limits.js";

/** The REST paths, as the server adds them next to GraphQL. */
export interface RestApi {
  readonly addTo: (http: FastifyInstance, limits: HttpLimits) => Promise<void>;
  /** How a path writes what is wrong; null for one that is not of REST. */
  readonly errorFormOf: (
    url: string,
  ) => { bodyOf: (problems: readonly Problem[]) => object } | null;
  /** Teaches the validator of requests the formats of REST's schemas. */
  readonly addFormats: (validator: FormatRegistry) => void;
}

/** One thing that is wrong with a request. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

export interface FormatRegistry {
  addFormat(name: string, validate: (text: string) => boolean): unknown;
}
