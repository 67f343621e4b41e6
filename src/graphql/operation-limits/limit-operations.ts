import type { ApolloServerPlugin, GraphQLRequestListener } from "@apollo/server";
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { withoutToken } from "../../callers/caller.js";
import {
  type DocumentLimits,
  MAX_DOCUMENT_LENGTH,
  MAX_DOCUMENT_LINES,
} from "../../shared/request-limits.js";
import type { Context } from "../context.js";
import { isIntrospectionOnly } from "./introspection-only.js";
import { type Exceeded, exceededError } from "../exceeded.js";
import { type OperationMeasure, measureOperation } from "./measure.js";
import { exceededByJson } from "./json-size.js";
import { hasMoreLines } from "./lines.js";
import { isDocumentDeeper } from "./nesting.js";

/**
 * Refuses operations without a required token and operations that exceed a limit, before their variables are read and
 * before any execution. Reports the cost of each operation in the extensions of its response. Install it after
 * `presentErrors`.
 *
 * A document is measured once. The measure is cached as long as Apollo caches the parsed document.
 */
export function limitOperations(
  schema: GraphQLSchema,
  limits: DocumentLimits,
): ApolloServerPlugin<Context> {
  const measures = new WeakMap<OperationDefinitionNode, OperationMeasure>();

  function measureOf(document: DocumentNode, operation: OperationDefinitionNode): OperationMeasure {
    let measure = measures.get(operation);
    if (measure === undefined)
      measures.set(operation, (measure = measureOperation(schema, document, operation)));
    return measure;
  }

  function listen(): GraphQLRequestListener<Context> {
    let charged: number | undefined;
    return {
      didResolveOperation: ({ document, operation, request, contextValue }) => {
        // The request may name no operation of the document.
        if (operation === undefined) return Promise.resolve();
        if (contextValue.caller === null && !isIntrospectionOnly(document, operation))
          throw withoutCaller();
        const tooLarge = exceededByJson(request.variables, limits);
        if (tooLarge) throw exceededError(tooLarge);
        const measure = measureOf(document, operation);
        const cost = measure.costWith(request.variables ?? {});
        const exceeded = exceededByOperation(measure, cost, limits);
        if (exceeded) throw exceededError(exceeded);
        charged = cost;
        return Promise.resolve();
      },
      willSendResponse: ({ response: { body } }) => {
        if (body.kind === "single") {
          const result = body.singleResult;
          const exceeded = result.errors?.[0]?.extensions?.["exceeded"];
          const cost = exceeded
            ? { charged: charged ?? 0, limit: limits.cost, exceeded }
            : { charged, limit: limits.cost };
          if (cost.charged !== undefined) result.extensions = { cost, ...result.extensions };
        }
        return Promise.resolve();
      },
    };
  }

  return { requestDidStart: () => Promise.resolve(listen()) };
}

/** The error for an operation that needs a token. Apollo would not set its HTTP status. */
function withoutCaller(): GraphQLError {
  const originalError = withoutToken("This operation");
  const extensions = { http: { status: 401 } };
  return new GraphQLError(originalError.message, { originalError, extensions });
}

/**
 * The error for a document that is too long, has too many lines or would overflow the parser; undefined if it can be
 * parsed or is absent. Call it before Apollo, which parses a document before plugins can refuse it.
 */
export function refusalOfSource(
  source: string | undefined,
  limits: DocumentLimits,
): GraphQLError | undefined {
  if (source === undefined) return undefined;
  if (isDocumentDeeper(source, limits.nesting)) return nestingError(limits);
  const { length } = source;
  if (length > MAX_DOCUMENT_LENGTH)
    return exceededError({ limit: "length", has: length, allowed: MAX_DOCUMENT_LENGTH });
  if (!hasMoreLines(source, MAX_DOCUMENT_LINES)) return undefined;
  const allowed = MAX_DOCUMENT_LINES;
  return exceededError({ limit: "lines", has: allowed + 1, allowed });
}

function nestingError({ nesting: allowed }: DocumentLimits): GraphQLError {
  return exceededError({ limit: "nesting", has: allowed + 1, allowed });
}

/** The first limit that an operation exceeds; undefined if it may be executed. */
export function exceededByOperation(
  { depth, aliases, directives, itemMutations }: OperationMeasure,
  cost: number,
  limits: DocumentLimits,
): Exceeded | undefined {
  const kept = { depth, aliases, directives };
  for (const limit of ["depth", "aliases", "directives"] as const) {
    if (kept[limit] > limits[limit]) return { limit, has: kept[limit], allowed: limits[limit] };
  }
  for (const [limit, has] of itemMutations) if (has > 1) return { limit, has, allowed: 1 };
  return cost > limits.cost ? { limit: "cost", has: cost, allowed: limits.cost } : undefined;
}
