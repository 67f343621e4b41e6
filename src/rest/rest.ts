import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import type { Authenticator } from "../access/authenticator.service.js";
import type { RestApi } from "../http/rest-api.js";
import type { Imports } from "../imports/imports.service.js";
import type { HttpLimits } from "../shared/request-limits.js";
import { type DocsStart, addDocs } from "./docs.js";
import { JSON_API_ERRORS, writeJson } from "./json-api.js";
import { addExportRoutes } from "./export-routes.js";
import { addImportRoutes } from "./import-routes.js";
import { type PaymentChargeServices, addPaymentChargeRoutes } from "./payment-charge-routes.js";
import { POCKET_ERRORS } from "./pocket-form.js";
import { type PocketServices, addPocketRoutes } from "./pocket-routes.js";
import { type RequestLimits, addAccess } from "./rest-access.js";
import { openapiOptions } from "./openapi.js";
import type { ErrorForm } from "./rest-error.js";
import type { ExportServices } from "./send-export.js";
import { compileLazily } from "./validator.js";

/** The services that the REST paths call. GraphQL's resolvers call the same ones. */
export type RestServices = PocketServices &
  PaymentChargeServices & {
    /** If omitted, nothing can be exported. */
    readonly exporting?: ExportServices | undefined;
    /** If omitted, nothing can be imported. */
    readonly imports?: Imports | undefined;
  };

/** The limits that the paths need. */
type RestLimits = RequestLimits & Pick<HttpLimits, "clientTimeoutMs">;

/**
 * The REST paths of the two source APIs, their OpenAPI document at `/openapi.json` and its viewer at
 * `/docs`. The document is generated from the schemas of the routes.
 */
export function createRestApi(
  services: RestServices,
  authenticator: Authenticator,
  docs: () => DocsStart = () => EMPTY_START,
): RestApi {
  return {
    addTo: (http, limits) => addRest(http, services, authenticator, limits, docs),
    errorFormOf,
  };
}

const EMPTY_START: DocsStart = { authorization: null, examples: {} };

function errorFormOf(url: string): ErrorForm | null {
  if (/^(\/badje\/v1)?\/pockets\//.test(url)) return POCKET_ERRORS;
  return /^\/(api\/boomerang|export|import)\//.test(url) ? JSON_API_ERRORS : null;
}

/** The prefixes of the pocket paths: none, and that of the source API. */
const POCKET_PREFIXES = ["", "/badje/v1"];

async function addRest(
  http: FastifyInstance,
  services: RestServices,
  authenticator: Authenticator,
  limits: RestLimits,
  docs: () => DocsStart,
): Promise<void> {
  await http.register(async (rest) => {
    // Use plain JSON serialization: a serializer generated from the schema would drop or coerce values.
    rest.setSerializerCompiler(() => writeJson);
    rest.setValidatorCompiler(compileLazily);
    await rest.register(swagger, openapiOptions(POCKET_PREFIXES));
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
    const { exporting } = services;
    if (exporting) {
      await rest.register((exported, _, done) => {
        addExportRoutes(exported, exporting);
        done();
      });
    }
    const { imports } = services;
    if (imports) {
      const { clientTimeoutMs } = limits;
      await rest.register((imported, _, done) => {
        addImportRoutes(imported, { imports, authenticator, clientTimeoutMs });
        done();
      });
    }
    rest.get("/openapi.json", { schema: { hide: true } }, () => rest.swagger());
    await addDocs(rest, docs);
  });
}
