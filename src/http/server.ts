import { randomUUID } from "node:crypto";
import compress from "@fastify/compress";
import cors from "@fastify/cors";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from "fastify";
import { constants } from "node:zlib";
import { HTTP_LIMITS, type HttpLimits } from "../shared/request-limits.js";
import { answerUnusual, connectionOptions, limitConnections } from "./connection-limits.js";
import { type GraphqlRouteOptions, addGraphqlRoute } from "./graphql-route.js";
import { type HealthOptions, addHealth } from "./health.js";
import { checkHosts, pathOf } from "./host.js";
import { type ServedMetrics, addMetrics, countOperations } from "./metrics.js";
import { type PlaygroundStart, addPlayground } from "./playground.js";
import { readBodies, refuseLongMediaType } from "./request-body.js";
import { HttpErrors, graphqlError } from "./present-http-error.js";
import type { RestApi } from "./rest-api.js";
import { setSecurityHeaders } from "./security-headers.js";
import { addTextInput } from "./text-input.js";
import { addTracing, traceOperations } from "./tracing.js";
import type { Tracing } from "../observability/tracing/tracing.js";

/** As long as a path can be: one that names nothing is not found, however long. */
const MAX_PARAMETER_LENGTH = 16_384;

/** Below this, what compression saves on the wire is less than what it costs. */
const COMPRESSION_THRESHOLD_BYTES = 4_096;

export interface HttpServerOptions extends Omit<
  GraphqlRouteOptions,
  "plugins" | "requestTimeoutMs" | "responseBytes"
> {
  readonly rest: RestApi;
  /** What the playground opens with; without it there is none. */
  readonly playground?: (() => PlaygroundStart) | undefined;
  /** What a client may send, and how long things may take; what is left out is as by default. */
  readonly httpLimits?: Partial<HttpLimits> | undefined;
  /** Whose pages may read answers in a browser, `*` for every origin; none when left out. */
  readonly corsOrigins?: readonly string[];
  /** The proxies whose word on a client's address is taken, as Fastify names them; none when left out. */
  readonly trustedProxies?: readonly string[];
  /** The hosts that the server answers to, as `parseHost` returns them; every host when left out. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** What is counted and told at `/metrics`; nothing without it. */
  readonly metrics?: ServedMetrics | undefined;
  /** Records traces of requests; nothing without it. */
  readonly tracing?: Tracing | undefined;
  readonly health: HealthOptions;
}

/** GraphQL over HTTP at `/graphql`, the REST paths, and their documentation. Ready to listen. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const {
    log,
    corsOrigins = [],
    trustedProxies = [],
    playground,
    metrics,
    tracing,
    health,
    rest,
  } = options;
  const limits = { ...HTTP_LIMITS, ...options.httpLimits };
  const { requestTimeoutMs, responseBytes } = limits;
  const errors = new HttpErrors(rest);
  const http: FastifyInstance = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    ...connectionOptions(limits),
    ...(trustedProxies.length > 0 ? { trustProxy: [...trustedProxies] } : {}),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH },
    rewriteUrl: pathOf,
    // A path that cannot be read at all.
    frameworkErrors: (error, request, reply) => {
      const { status, body } = errors.present(error, request);
      setSecurityHeaders(request, reply);
      reply.raw.writeHead(status, { "content-type": "application/json; charset=utf-8" });
      reply.raw.end(JSON.stringify(body));
    },
    // What a schema does not allow is refused and told, never changed or dropped.
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: true,
        allowUnionTypes: true,
      },
      onCreate: rest.addFormats,
    },
    forceCloseConnections: "idle",
    // What arrives while the server stops is answered as ever, on a connection that then closes.
    return503OnClosing: false,
  });
  limitConnections(http, limits, log);
  answerUnusual(http);
  if (tracing) addTracing(http, tracing);

  http.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    setSecurityHeaders(request, reply);
    refuseLongMediaType(request);
  });
  checkHosts(http, options.allowedHosts);
  addTextInput(http);
  if (trustedProxies.length === 0) warnOfProxies(http, log);
  // A client keeps its connection open after the answer, which would keep the server from closing.
  let isClosing = false;
  http.addHook("preClose", (done) => {
    isClosing = true;
    done();
  });
  http.addHook("onSend", (_request, reply, _payload, done) => {
    if (isClosing || health.isDraining()) reply.header("connection", "close");
    done();
  });
  await http.register(compress, {
    globalDecompression: false,
    threshold: COMPRESSION_THRESHOLD_BYTES,
    encodings: ["br", "gzip"],
    // Brotli's own default is the strongest, which takes a hundred times as long.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
  readBodies(http);
  if (corsOrigins.length > 0) {
    await http.register(cors, {
      origin: corsOrigins.includes("*") ? "*" : [...corsOrigins],
      methods: ["GET", "POST", "PUT"],
      exposedHeaders: ["x-request-id", "retry-after"],
      maxAge: 600,
    });
  }
  http.setErrorHandler((error: FastifyError, request, reply) => {
    const { status, body } = errors.present(error, request);
    return reply.code(status).send(body);
  });
  http.setNotFoundHandler(async (request, reply) => {
    if (request.url.startsWith("/graphql")) {
      const message = `${request.method} is not answered here. Send GraphQL by POST.`;
      await reply.code(405).header("allow", "GET, POST").send(graphqlError("BAD_REQUEST", message));
      return;
    }
    const { status, body } = errors.notFound(request);
    await reply.code(status).send(body);
  });
  addHealth(http, health);
  if (metrics) addMetrics(http, metrics, rest);
  if (playground) addPlayground(http, playground);
  await addGraphqlRoute(http, {
    ...options,
    requestTimeoutMs,
    responseBytes,
    plugins: [
      ...(metrics ? [countOperations(metrics.counted)] : []),
      ...(tracing ? [traceOperations()] : []),
    ],
  });
  await rest.addTo(http, limits);
  return http;
}

/** Behind a proxy that is not trusted all clients have one address, and are slowed down as one. */
function warnOfProxies(http: FastifyInstance, log: FastifyBaseLogger): void {
  let hasWarned = false;
  http.addHook("onRequest", ({ headers, ip }, _reply, done) => {
    if (!hasWarned && headers["x-forwarded-for"] !== undefined) {
      hasWarned = true;
      log.warn(
        { proxy: ip },
        "a request has the header X-Forwarded-For, and TRUST_PROXY trusts nobody's: if a proxy stands before this server, name it there",
      );
    }
    done();
  });
}
