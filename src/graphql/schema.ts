import "reflect-metadata";
import {
  type GraphQLSchema,
  assertValidSchema,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { present } from "../shared/assert.js";
import type { Context } from "./context.js";
import { resolveLazyFields } from "./lazy.js";
import { resolveUnions } from "./union.js";
import { type NonEmptyArray, buildSchemaSync } from "type-graphql";

/** The types that type-graphql makes by itself, without a description. */
const ROOTS = [
  [
    "Query",
    "The read operations. Each requires a token with the right scope and returns only records that the token's merchant may see.",
  ],
  [
    "Mutation",
    "The write operations. Each runs in one database transaction, so that either all of its changes are made or none.",
  ],
] as const;

/** Builds the schema from the resolvers: the classes declare it, the instances answer it. */
export function buildGraphqlSchema(resolvers: readonly object[]): GraphQLSchema {
  const instances = new Map<unknown, object>(resolvers.map((one) => [one.constructor, one]));
  const schema = buildSchemaSync({
    resolvers: [...instances.keys()] as unknown as NonEmptyArray<new () => object>,
    container: { get: (resolver) => present(instances.get(resolver), "a resolver") },
    validate: false,
    // Asking a schema for all of itself takes half of the time that making it does. `schemaText` checks it.
    skipCheck: true,
  });
  for (const [type, description] of ROOTS) {
    const root = schema.getType(type);
    if (root) root.description = description;
  }
  resolveLazyFields(schema);
  resolveUnions(schema);
  forgetReadsAfterMutations(schema);
  return schema;
}

/**
 * The next mutation of the same request, and what is asked of it, must see what this one changed. None
 * begins when the time is over.
 */
function forgetReadsAfterMutations(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (resolve === undefined) continue;
    field.resolve = async (source, args, context: Context, info): Promise<unknown> => {
      // Whoever sent it was told that it was given up.
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
 * The text of `schema.graphql`, in an order that only changes with what it says.
 *
 * @throws when the schema is not valid, which ends the build.
 */
export function schemaText(schema: GraphQLSchema): string {
  assertValidSchema(schema);
  return `# Written by the build from the code. Change the code, not this file.\n\n${printSchema(lexicographicSortSchema(schema))}\n`;
}
