import { randomUUID } from "node:crypto";
import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from "fastify";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Authenticator } from "../access/authenticator.js";
import type { Context } from "../graphql/context.js";
import { presentError, presentErrors, statusOf } from "../graphql/present-error.js";

/** 1,000 charges are about 150 kB. */
const BODY_LIMIT_BYTES = 1_000_000;

export interface HttpServerOptions {
  readonly schema: GraphQLSchema;
  readonly authenticator: Authenticator;
  readonly log: FastifyBaseLogger;
  readonly introspection: boolean;
}

/** GraphQL over HTTP at `/graphql`. The server is ready to listen. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { schema, authenticator, log, introspection } = options;
  const http: FastifyInstance = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: "idle",
  });
  const apollo = new ApolloServer<Context>({
    schema,
    introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
    plugins: [
      presentErrors,
      // Each of these would cost something on every request, or speak to another host.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();

  http.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  http.addHook("onClose", () => apollo.stop());
  // A client keeps its connection open after the answer, which would keep the server from closing.
  let isClosing = false;
  http.addHook("preClose", (done) => {
    isClosing = true;
    done();
  });
  http.addHook("onSend", (_request, reply, _payload, done) => {
    if (isClosing) reply.header("connection", "close");
    done();
  });
  http.setErrorHandler(presentHttpError);
  http.setNotFoundHandler(async (request, reply) => {
    if (request.url.startsWith("/graphql")) {
      const message = `${request.method} is not answered here. Send GraphQL by POST.`;
      await reply.code(405).header("allow", "GET, POST").send(httpError("BAD_REQUEST", message));
      return;
    }
    await reply
      .code(404)
      .send(httpError("NOT_FOUND", `There is nothing at ${request.url}. GraphQL is at /graphql.`));
  });
  http.route({
    url: "/graphql",
    method: ["GET", "POST"],
    handler: fastifyApolloHandler(apollo, {
      context: (request) => contextOf(request, authenticator),
    }),
  });
  return http;
}

async function contextOf(request: FastifyRequest, authenticator: Authenticator): Promise<Context> {
  const context = { requestId: request.id, log: request.log, epoch: {} };
  try {
    return { ...context, caller: await authenticator.authenticate(request.headers.authorization) };
  } catch (error) {
    const { message, extensions } = presentError(
      new GraphQLError("", { originalError: error as Error }),
      context,
    );
    const status = statusOf({ errors: [{ message, extensions: extensions ?? {} }] }) ?? 500;
    const headers = new Map(status === 401 ? [["www-authenticate", "Token"]] : []);
    throw new GraphQLError(message, { extensions: { ...extensions, http: { status, headers } } });
  }
}

/** Requests that never became GraphQL: bodies that are too large, or no JSON. */
function presentHttpError(
  error: FastifyError,
  request: FastifyRequest,
  reply: { code(status: number): { send(body: unknown): unknown } },
): void {
  const status = error.statusCode ?? 500;
  if (status < 500) {
    reply.code(status).send(httpError("BAD_REQUEST", error.message));
    return;
  }
  const context = { requestId: request.id, log: request.log };
  reply
    .code(500)
    .send({ errors: [presentError(new GraphQLError("", { originalError: error }), context)] });
}

function httpError(
  code: string,
  message: string,
): { errors: { message: string; extensions: { code: string } }[] } {
  return { errors: [{ message, extensions: { code } }] };
}
