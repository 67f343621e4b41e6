import "reflect-metadata";
import {
  type GraphQLSchema,
  assertValidSchema,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { present } from "../shared/assert.js";
import type { Context } from "./context.js";
import { locateArgumentErrors } from "./locate-argument-errors.js";
import { resolveLazyFields } from "./lazy.js";
import { resolveNodes } from "./node.type.js";
import { resolveRelated } from "./related.js";
import { REPLACED_PUB_SUB, beginByMethod } from "./subscription.js";
import { resolveUnions } from "./union.js";
import {
  type BuildSchemaOptions,
  type NonEmptyArray,
  buildSchemaSync,
  getMetadataStorage,
} from "type-graphql";

/** The types that type-graphql creates without a description. */
const ROOTS = [
  [
    "Query",
    "The read operations. Each requires a token with the right scope and returns only records that the token's merchant may see.",
  ],
  [
    "Mutation",
    "The write operations. Each runs in one database transaction, so that either all of its changes are made or none.",
  ],
  [
    "Subscription",
    "The live operations, over server-sent events or a WebSocket. Each requires a token with the right scope, and sends a result whenever something that it selects has changed.",
  ],
] as const;

const DESCRIPTION =
  "Pocketcharge: prepaid pockets and payment records. `chargePockets` tops up pockets; payment charges, refunds and authorizations record what happens at a payment provider. Send an API token in the header `Authorization: Token <secret>`. Amounts are integers in the currency's minor unit. Errors have a stable code in `extensions.code`; a mutation lists the values that a rule refuses in `userErrors`.";

/** Builds the schema from the resolvers: their classes declare it, their instances execute it. */
export function buildGraphqlSchema(resolvers: readonly object[]): GraphQLSchema {
  const instances = new Map<unknown, object>(resolvers.map((one) => [one.constructor, one]));
  const schema = buildWithoutCopies({
    resolvers: [...instances.keys()] as unknown as NonEmptyArray<new () => object>,
    container: { get: (resolver) => present(instances.get(resolver), "a resolver") },
    validate: false,
    pubSub: REPLACED_PUB_SUB,
    // Skip type-graphql's check, which executes an introspection query and adds half of the build time. `schemaText`
    // validates the schema.
    skipCheck: true,
  });
  schema.description = DESCRIPTION;
  for (const [type, description] of ROOTS) {
    const root = schema.getType(type);
    if (root) root.description = description;
  }
  resolveLazyFields(schema);
  resolveRelated(schema);
  resolveUnions(schema);
  resolveNodes(schema);
  forgetReadsAfterMutations(schema);
  locateArgumentErrors(schema);
  beginByMethod(schema);
  return schema;
}

/** The input types that type-graphql has registered. */
let inputTypes: ReturnType<typeof getMetadataStorage>["inputTypes"] = [];

/**
 * Builds the schema, then hides the input types from type-graphql. At each request, it would copy every object inside an
 * argument into an instance of its class, which no resolver needs, and which takes longer than reading the argument.
 */
function buildWithoutCopies(options: BuildSchemaOptions): GraphQLSchema {
  const registered = getMetadataStorage();
  inputTypes = [...inputTypes, ...registered.inputTypes];
  registered.inputTypes = inputTypes;
  const schema = buildSchemaSync(options);
  registered.inputTypes = [];
  return schema;
}

/**
 * Starts a new epoch after each mutation, so that later reads of the same request see its changes. Also refuses to
 * start a mutation after the request's deadline.
 */
function forgetReadsAfterMutations(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (resolve === undefined) continue;
    field.resolve = async (source, args, context: Context, info): Promise<unknown> => {
      // The client has already received the timeout error, so do not start another mutation.
      context.deadline.check();
      context.hasWritten = true;
      try {
        return await resolve(source, args, context, info);
      } finally {
        context.epoch = {};
      }
    };
  }
}

/**
 * The text of `schema.graphql`, sorted so that it changes only with its content.
 *
 * @throws if the schema is invalid, which fails the build.
 */
export function schemaText(schema: GraphQLSchema): string {
  assertValidSchema(schema);
  return `# Written by the build from the code. Change the code, not this file.\n\n${printSchema(lexicographicSortSchema(schema))}\n`;
}
