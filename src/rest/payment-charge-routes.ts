import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";
import { authorize } from "../callers/caller.js";
import type { PaymentChargeService } from "../payments/charges/payment-charge.service.js";
import type { PaymentChargeReader } from "../payments/charges/payment-charge.reader.js";
import type { PaymentRelations } from "../payments/payment-relations.loader.js";
import { type ProviderSecrets, mayReadSecrets } from "../payments/secrets/provider-secrets.js";
import { AppError } from "../shared/errors.js";
import { jsonParser } from "../http/text-input.js";
import {
  CHANGE_BODY,
  CREATION_BODY,
  CREATION_HEADERS,
  type ChargeBody,
  changeOf,
  creationOf,
  valueOrThrow,
} from "./charge-body.js";
import { CHARGE_DOCUMENT, ChargePresenter, chargeListDocument } from "./charge-document.js";
import { META, toRestError, metaOf } from "./charge-meta.js";
import { type ChargeQuery, listArguments, readQuery } from "./charge-query.js";
import { LIST_QUERY, RESOURCE_QUERY } from "./charge-query-schema.js";
import {
  CHANGED_EXAMPLE,
  CREATED_EXAMPLE,
  FETCHED_EXAMPLE,
  FETCHED_ID,
  LIST_EXAMPLE,
  UPDATED_ID,
} from "./examples.js";
import {
  JSON_API_ERRORS,
  MEDIA_TYPE,
  closedObject,
  contentTypeOf,
  jsonApiAnswers,
  refusalOfParameters,
} from "./json-api.js";
import { withOurNames, withSentNames } from "./member-names.js";
import { contextOf, merchantOf, refuseOtherMethods } from "./rest-access.js";
import { failureHandler } from "./rest-error.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The names of attributes and relationships that the client wrote differently, by ours. */
    sentNames: ReadonlyMap<string, string> | null;
  }
}

export interface PaymentChargeServices {
  readonly paymentCharges: PaymentChargeService;
  readonly paymentChargeReader: PaymentChargeReader;
  readonly relations: PaymentRelations;
  readonly secrets: ProviderSecrets;
}

const PATH = "/api/boomerang/payment_charges";
const idLike = (example: string): object =>
  closedObject({
    id: { type: "string", format: "uuid", description: "The charge's id.", examples: [example] },
  });
const TAGS = ["Payment charges"];
const CONSUMES = ["application/json", MEDIA_TYPE];

const REFUSALS = {
  400: "The request is malformed, or refers to something that does not exist.",
  401: "The token is missing, malformed, unknown, expired or revoked.",
  403: "The token lacks the scope, or it is an operator's.",
  406: "The Accept header allows no media type of the response.",
  429: "Too many requests. Nothing was done. Wait as long as Retry-After says, then retry.",
  500: "An internal error. The response has the request's id, to find the error in the log.",
  503: "The database is unavailable. Retry the request.",
};
const NO_SUCH_CHARGE = { 404: "The merchant has no charge with this id." };
const WRITE_REFUSALS = {
  ...REFUSALS,
  409: "The body describes another type of resource.",
  413: "The body is too large.",
  415: "The body is not JSON.",
  422: "The rules refuse some values, each listed with its pointer. Nothing was written.",
};

interface Query {
  Querystring: ChargeQuery;
}
interface OneCharge extends Query {
  Params: { id: string };
}
interface Creation extends Query {
  Headers: { "idempotency-key"?: string };
  Body: ChargeBody;
}
interface Change extends OneCharge {
  Body: ChargeBody;
}

/** Adds the payment charge paths, as the source API documents them. */
export function addPaymentChargeRoutes(
  rest: FastifyInstance,
  { paymentCharges, paymentChargeReader, relations, secrets }: PaymentChargeServices,
): void {
  const presenterOf = (request: FastifyRequest<Query>): ChargePresenter =>
    new ChargePresenter(request.query, contextOf(request), relations, secrets);

  rest.decorateRequest("sentNames", null);
  rest.setErrorHandler<FastifyError>((error, request, reply) => {
    failureHandler(withSentNames(JSON_API_ERRORS, request.sentNames))(error, request, reply);
  });
  rest.addContentTypeParser(MEDIA_TYPE, { parseAs: "buffer" }, jsonParser(rest));
  rest.addHook("onRequest", (request, _reply, done) => {
    done(refusalOfParameters(request));
  });
  rest.addHook("preValidation", (request, _reply, done) => {
    request.query = readQuery(request.url);
    const { body, sentNames } = withOurNames(request.body);
    Object.assign(request, { body, sentNames });
    done();
  });
  rest.addHook("onSend", (request, reply, _payload, done) => {
    reply.header("content-type", contentTypeOf(request));
    done();
  });

  rest.get<Query>(PATH, {
    config: { allowedScopes: ["PAYMENTS_READ"] },
    schema: {
      operationId: "listPaymentCharges",
      summary: "List payment charges",
      description:
        "Returns the merchant's payment charges, with filters, sorting, paging, counts and sums.",
      tags: TAGS,
      querystring: LIST_QUERY,
      response: jsonApiAnswers(
        200,
        "One page of the list.",
        { schema: chargeListDocument(META), example: LIST_EXAMPLE },
        REFUSALS,
      ),
    },
    handler: async (request) => {
      const presenter = presenterOf(request);
      const args = listArguments(request.query);
      const sortsBySecret = args.sort?.some(({ field }) => field === "providerSecret") ?? false;
      if (sortsBySecret) authorize(contextOf(request).caller, ["PROVIDER_SECRETS_READ"]);
      const { meta = {} } = request.query;
      try {
        const list = paymentChargeReader.all(contextOf(request), args);
        const [charges, computed] = await Promise.all([list.nodes(), metaOf(list, meta)]);
        return await presenter.many(charges, computed);
      } catch (error) {
        throw toRestError(error);
      }
    },
  });

  rest.post<Creation>(PATH, {
    config: { allowedScopes: ["PAYMENTS_WRITE"] },
    schema: {
      operationId: "createPaymentCharge",
      summary: "Create a payment charge",
      description: "Records a payment. Safe to retry with an Idempotency-Key.",
      tags: TAGS,
      querystring: RESOURCE_QUERY,
      headers: CREATION_HEADERS,
      consumes: CONSUMES,
      body: CREATION_BODY,
      response: jsonApiAnswers(
        201,
        "The charge was recorded.",
        { schema: CHARGE_DOCUMENT, example: CREATED_EXAMPLE },
        WRITE_REFUSALS,
      ),
    },
    handler: async (request, reply) => {
      const presenter = presenterOf(request);
      const input = creationOf(request.body, request.headers["idempotency-key"]);
      const created = await paymentCharges.create(merchantOf(request), input);
      const charge = valueOrThrow(created, request.body);
      reply.code(201).header("location", `${PATH}/${charge.id}`);
      return presenter.one(charge);
    },
  });
  refuseOtherMethods(rest, PATH, ["GET", "HEAD", "POST"]);

  rest.get<OneCharge>(`${PATH}/:id`, {
    config: { allowedScopes: ["PAYMENTS_READ"] },
    schema: {
      operationId: "fetchPaymentCharge",
      summary: "Fetch a payment charge",
      description: "Returns a payment charge by its id.",
      tags: TAGS,
      params: idLike(FETCHED_ID),
      querystring: RESOURCE_QUERY,
      response: jsonApiAnswers(
        200,
        "The charge.",
        { schema: CHARGE_DOCUMENT, example: FETCHED_EXAMPLE },
        { ...REFUSALS, ...NO_SUCH_CHARGE },
      ),
    },
    handler: async (request) => {
      const presenter = presenterOf(request);
      const { id } = request.params;
      const charge = await paymentCharges.find(merchantOf(request), id);
      if (charge === null) {
        throw new AppError("NOT_FOUND", `There is no payment charge with the id ${id}.`);
      }
      return presenter.one(charge);
    },
  });

  // JSON:API's clients update by PATCH, and those of the source by PUT. Both change only what the body contains.
  const UPDATES = [
    ["PUT", "updatePaymentCharge"],
    ["PATCH", "patchPaymentCharge"],
  ] as const;
  for (const [method, operationId] of UPDATES) {
    rest.route<Change>({
      method,
      url: `${PATH}/:id`,
      config: { allowedScopes: ["PAYMENTS_WRITE"] },
      schema: {
        operationId,
        summary: "Update a payment charge",
        description:
          "Changes the attributes in the body. Null clears a nullable attribute. Read-only attributes may be sent as they were read.",
        tags: TAGS,
        params: idLike(UPDATED_ID),
        querystring: RESOURCE_QUERY,
        consumes: CONSUMES,
        body: CHANGE_BODY,
        response: jsonApiAnswers(
          200,
          "The charge after the update.",
          { schema: CHARGE_DOCUMENT, example: CHANGED_EXAMPLE },
          { ...WRITE_REFUSALS, ...NO_SUCH_CHARGE },
        ),
      },
      handler: async (request) => {
        const presenter = presenterOf(request);
        const { id } = request.params;
        const canReadSecrets = mayReadSecrets(contextOf(request).caller);
        const input = changeOf(request.body, id, canReadSecrets);
        const updated = await paymentCharges.update(merchantOf(request), id, input);
        return presenter.one(valueOrThrow(updated, request.body));
      },
    });
  }
  refuseOtherMethods(rest, `${PATH}/:id`, ["GET", "HEAD", "PUT", "PATCH"]);
}
