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
import { LOCAL_ORIGIN, LOCAL_PAGES } from "../shared/host.js";
import { HTTP_LIMITS, type HttpLimits } from "../shared/request-limits.js";
import {
  handleUnsupportedRequests,
  connectionOptions,
  limitBodyTimes,
  limitConnections,
} from "./connection-limits.js";
import type { AllowedOrigins } from "./allowed-origins.js";
import { type GraphqlRouteOptions, addGraphqlRoute } from "./graphql-route.js";
import { type ConsoleStart, addConsole } from "./console.js";
import { type HealthOptions, addHealth } from "./health.js";
import { addHome } from "./home.js";
import { checkHosts, pathOf } from "./host.js";
import { type ServedMetrics, addMetrics, countOperations } from "./metrics.js";
import { type PlaygroundStart, addPlayground } from "./playground.js";
import { readBodies, refusalOfMediaType } from "./request-body.js";
import { HttpErrors, graphqlError } from "./present-http-error.js";
import type { RestApi } from "./rest-api.js";
import { SECURITY_HEADERS } from "./security-headers.js";
import { addTextInput } from "./text-input.js";
import { addTracing, traceOperations } from "./tracing.js";
import type { Tracing } from "../observability/tracing/tracing.js";

/** As long as a path can be, so that a long path without a match is reported as not found. */
const MAX_PARAMETER_LENGTH = 16_384;

/** Below this size, compression costs more than it saves in transfer. */
const COMPRESSION_THRESHOLD_BYTES = 4_096;

export interface HttpServerOptions extends Omit<
  GraphqlRouteOptions,
  "plugins" | "httpLimits" | "allowedOrigins" | "subscriptionMetrics"
> {
  readonly rest: RestApi;
  /** The playground's initial content. If omitted, there is no playground. */
  readonly playground?: (() => PlaygroundStart) | undefined;
  /** The initial content of the console. If omitted, there is no console. */
  readonly console?: (() => ConsoleStart) | undefined;
  /** The limits on request sizes and times. Omitted limits have their defaults. */
  readonly httpLimits?: Partial<HttpLimits> | undefined;
  /** The origins whose pages may read responses, `localhost` for this machine's, or `*` for all. If omitted, none may. */
  readonly corsOrigins?: readonly string[];
  /** The proxies whose X-Forwarded-For is trusted, in Fastify's format. If omitted, none is. */
  readonly trustedProxies?: readonly string[];
  /** The accepted hosts, as `parseHost` returns them. If omitted, every host is accepted. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The metrics to count and serve at `/metrics`. If omitted, there are none. */
  readonly metrics?: ServedMetrics | undefined;
  /** Records traces of requests. If omitted, there are none. */
  readonly tracing?: Tracing | undefined;
  readonly health: HealthOptions;
}

/** Creates the server: GraphQL at `/graphql`, the REST paths, and their documentation. It is ready to listen. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const {
    log,
    corsOrigins = [],
    trustedProxies = [],
    playground,
    console,
    metrics,
    tracing,
    health,
    rest,
  } = options;
  const limits = { ...HTTP_LIMITS, ...options.httpLimits };
  const allowedOrigins: AllowedOrigins = corsOrigins.includes("*")
    ? "*"
    : corsOrigins.map((origin) => (origin === LOCAL_PAGES ? LOCAL_ORIGIN : origin));
  const errors = new HttpErrors(rest);
  const http: FastifyInstance = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    ...connectionOptions(limits),
    ...(trustedProxies.length > 0 ? { trustProxy: [...trustedProxies] } : {}),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH },
    rewriteUrl: pathOf,
    // Called for a path that cannot be decoded.
    frameworkErrors: (error, request, reply) => {
      const { status, body } = errors.present(error, request);
      const type = { "content-type": "application/json; charset=utf-8" };
      reply.raw.writeHead(status, { ...SECURITY_HEADERS, ...type });
      reply.raw.end(JSON.stringify(body));
    },
    forceCloseConnections: "idle",
    // Answer requests normally during a shutdown, and close their connections afterwards.
    return503OnClosing: false,
  });
  limitConnections(http, limits, log);
  limitBodyTimes(http, limits);
  handleUnsupportedRequests(http);
  if (tracing) addTracing(http, tracing);

  http.addHook("onRequest", (request, reply, done) => {
    // First, so that every response has them, including errors.
    reply.headers(SECURITY_HEADERS);
    reply.header("x-request-id", request.id);
    done(refusalOfMediaType(request));
  });
  checkHosts(http, options.allowedHosts);
  addTextInput(http);
  if (trustedProxies.length === 0) warnOfProxies(http, log);
  // Keep-alive connections would delay the shutdown, so close them after the response.
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
    // Brotli's default is the highest quality, which takes a hundred times as long.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
  readBodies(http);
  // Before the plugins, whose routes have the handler of this moment.
  http.setErrorHandler((error: FastifyError, request, reply) => {
    const { status, body } = errors.present(error, request);
    return reply.code(status).send(body);
  });
  if (corsOrigins.length > 0) {
    await http.register(cors, {
      origin: allowedOrigins === "*" ? "*" : [...allowedOrigins],
      methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
      exposedHeaders: ["location", "retry-after", "x-request-id"],
      maxAge: 600,
      // Otherwise, OPTIONS without a preflight's headers is refused in the plugin's words.
      strictPreflight: false,
    });
  }
  http.setNotFoundHandler(async (request, reply) => {
    if (request.url.startsWith("/graphql")) {
      const message = `${request.method} is not supported here. Send GraphQL requests by POST.`;
      await reply.code(405).header("allow", "GET, POST").send(graphqlError("BAD_REQUEST", message));
      return;
    }
    const { status, body } = errors.notFound(request);
    await reply.code(status).send(body);
  });
  addHealth(http, health);
  if (metrics) addMetrics(http, metrics, rest);
  if (playground) addPlayground(http, playground);
  if (console) addConsole(http, console);
  addHome(http, { hasPlayground: playground !== undefined, hasConsole: console !== undefined });
  await addGraphqlRoute(http, {
    ...options,
    httpLimits: limits,
    allowedOrigins,
    subscriptionMetrics: metrics?.counted.subscriptions,
    plugins: [
      ...(metrics ? [countOperations(metrics.counted)] : []),
      ...(tracing ? [traceOperations()] : []),
    ],
  });
  await rest.addTo(http, limits);
  return http;
}

/** Behind a proxy that is not trusted, all clients share one address and its limit on failed attempts. */
function warnOfProxies(http: FastifyInstance, log: FastifyBaseLogger): void {
  let hasWarned = false;
  http.addHook("onRequest", ({ headers, ip }, _reply, done) => {
    if (!hasWarned && headers["x-forwarded-for"] !== undefined) {
      hasWarned = true;
      log.warn(
        { proxy: ip },
        "a request has the header X-Forwarded-For, but TRUST_PROXY is not set: if a proxy is in front of this server, add its address to TRUST_PROXY",
      );
    }
    done();
  });
}
