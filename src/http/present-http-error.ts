import type { FastifyError, FastifyRequest } from "fastify";
import { presentFailure } from "../graphql/present-error.js";
import { shown } from "../shared/shown-text.js";
import { refusalMessage } from "./refusal-message.js";
import type { Problem, RestApi } from "./rest-api.js";

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Presents errors that no route has handled, in the error format of the request's path. */
export class HttpErrors {
  constructor(private readonly rest: Pick<RestApi, "errorFormOf">) {}

  /** Presents bodies that are too large or not JSON, and internal failures. */
  present(error: FastifyError, request: FastifyRequest): Answer {
    const { statusCode = 500 } = error;
    if (statusCode < 500) {
      const detail = refusalMessage(error, request);
      return {
        status: statusCode,
        body: this.bodyOf(request, { status: statusCode, code: "BAD_REQUEST", detail }),
      };
    }
    const { status, message, extensions } = presentFailure(error, {
      requestId: request.id,
      log: request.log,
    });
    const form = status < 500 ? this.rest.errorFormOf(request.url) : null;
    const body = form?.bodyOf([{ status, code: extensions.code, detail: message }]);
    return { status, body: body ?? { errors: [{ message, extensions }] } };
  }

  notFound(request: FastifyRequest): Answer {
    const detail = `The path ${request.url} does not exist. GraphQL is at /graphql.`;
    return { status: 404, body: this.bodyOf(request, { status: 404, code: "NOT_FOUND", detail }) };
  }

  private bodyOf(request: FastifyRequest, problem: Problem): object {
    const detail = shown(problem.detail);
    const form = this.rest.errorFormOf(request.url);
    return form ? form.bodyOf([{ ...problem, detail }]) : graphqlError(problem.code, detail);
  }
}

/** A GraphQL response with one error. */
export function graphqlError(code: string, message: string): object {
  return { errors: [{ message, extensions: { code } }] };
}
