import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import type { Authenticator } from "../access/authenticator.service.js";
import type { RestApi } from "../http/rest-api.js";
import { JSON_API_ERRORS, writeJson } from "./json-api.js";
import { type PaymentChargeServices, addPaymentChargeRoutes } from "./payment-charge-routes.js";
import { POCKET_ERRORS, type PocketServices, addPocketRoutes } from "./pocket-routes.js";
import { type RequestLimits, addAccess } from "./rest-access.js";
import type { ErrorForm } from "./rest-error.js";
import { compileLazily } from "./validator.js";

/** The services that the REST paths call. GraphQL's resolvers call the same ones. */
export type RestServices = PocketServices & PaymentChargeServices;

/**
 * The REST paths of the two source APIs, their OpenAPI document at `/openapi.json` and its viewer at
 * `/docs`. The document is generated from the schemas of the routes.
 */
export function createRestApi(services: RestServices, authenticator: Authenticator): RestApi {
  return {
    addTo: (http, limits) => addRest(http, services, authenticator, limits),
    errorFormOf,
  };
}

function errorFormOf(url: string): ErrorForm | null {
  if (/^(\/badje\/v1)?\/pockets\//.test(url)) return POCKET_ERRORS;
  return url.startsWith("/api/boomerang/") ? JSON_API_ERRORS : null;
}

/** The prefixes of the pocket paths: none, and that of the source API. */
const POCKET_PREFIXES = ["", "/badje/v1"];

async function addRest(
  http: FastifyInstance,
  services: RestServices,
  authenticator: Authenticator,
  limits: RequestLimits,
): Promise<void> {
  await http.register(async (rest) => {
    // Use plain JSON serialization: a serializer generated from the schema would drop or coerce values.
    rest.setSerializerCompiler(() => writeJson);
    rest.setValidatorCompiler(compileLazily);
    await rest.register(swagger, {
      openapi: {
        openapi: "3.1.0",
        info: { title: "Pocketcharge", version: "1", description: DESCRIPTION },
        components: { securitySchemes: { ApiToken: API_TOKEN } },
        security: [{ ApiToken: [] }],
      },
      transformObject: (document) =>
        "openapiObject" in document ? withNestedParameters(document.openapiObject) : {},
    });
    addAccess(rest, authenticator, limits);
    for (const prefix of POCKET_PREFIXES) {
      await rest.register(
        (pockets, _, done) => {
          addPocketRoutes(pockets, services);
          done();
        },
        { prefix },
      );
    }
    await rest.register((payments, _, done) => {
      addPaymentChargeRoutes(payments, services);
      done();
    });
    rest.get("/openapi.json", { schema: { hide: true } }, () => rest.swagger());
    await rest.register(swaggerUi, {
      routePrefix: "/docs",
      staticCSP: READER_POLICY,
      theme: { title: "Pocketcharge over REST" },
      // Hide the top bar, and do not call Swagger's online validator.
      uiConfig: { layout: "BaseLayout", validatorUrl: null },
    });
  });
}

const DESCRIPTION =
  "Pockets and payment charges over REST, compatible with the two public source APIs. The GraphQL API, at /graphql, offers all of this and more.";

const API_TOKEN = {
  type: "apiKey",
  in: "header",
  name: "Authorization",
  description: "`Token <secret>`, or `Bearer <secret>`.",
} as const;

/** Allows only what the viewer needs: no other hosts and no inline scripts. */
const READER_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface Described {
  paths?: Record<string, Record<string, { parameters?: Parameter[] }>>;
}

interface Parameter {
  readonly schema?: { readonly type?: string };
  style?: string;
  explode?: boolean;
}

/** Declares object parameters as `deepObject`, OpenAPI's name for brackets such as `page[size]=10`. */
function withNestedParameters<T extends object>(document: T): T {
  for (const path of Object.values((document as Described).paths ?? {})) {
    for (const parameter of Object.values(path).flatMap(({ parameters = [] }) => parameters)) {
      if (parameter.schema?.type !== "object") continue;
      parameter.style = "deepObject";
      parameter.explode = true;
    }
  }
  return document;
}
