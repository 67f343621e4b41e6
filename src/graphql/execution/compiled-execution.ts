import type { ApolloServerOptionsWithGateway } from "@apollo/server";
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  GraphQLScalarType,
  GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  execute,
  visit,
} from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import { LRUCache } from "lru-cache";
import { AppError } from "../../shared/errors.js";
import { type Compilable, compilable } from "./compilable.js";
import type { Context } from "../context.js";
import { limitResponse } from "../operation-limits/response.js";
import { readVariables } from "./variables.js";

type Gateway = ApolloServerOptionsWithGateway<Context>["gateway"];
type Executor = NonNullable<Awaited<ReturnType<Gateway["load"]>>["executor"]>;
type Variables = Record<string, unknown>;

/** One operation of a document, ready to run with variables that are read already. */
interface Operation extends Compilable {
  readonly run: (context: Context, variables: Variables) => Promise<ExecutionResult>;
}

/** How much compiled code is kept: about 80 MB, which is that of some 400 lists. */
const MAX_KEPT_WEIGHT = 20_000;

/**
 * Executes operations by code that is compiled from them (graphql-jit) when they are used for the second
 * time: compiling costs as much as interpreting a few times, and an operation with its values written
 * into it is used once.
 *
 * Variables are read before either executes (`readVariables`), since the compiler cannot read input types
 * that contain themselves, as filters do. graphql-js executes every operation that the compiler would answer
 * differently.
 *
 * The server abandons an execution at the request's deadline, and refuses an answer above the response limit.
 *
 * @param compiles false to have graphql-js interpret everything.
 * @param hidesSchema whether errors omit names of the schema that are not in the request.
 */
export function compiledExecution(
  schema: GraphQLSchema,
  compiles: boolean,
  hidesSchema = false,
): Gateway {
  const compilerSchema = withReadVariables(schema);
  const used = new WeakSet<OperationDefinitionNode>();
  const notCompilable = new WeakSet<OperationDefinitionNode>();
  const compiled = new LRUCache<OperationDefinitionNode, Operation>({
    maxSize: MAX_KEPT_WEIGHT,
    sizeCalculation: ({ weight }) => weight,
    dispose: (_, node) => used.delete(node),
  });

  /** @returns undefined for what graphql-js is to execute. */
  function operationOf(
    document: DocumentNode,
    node: OperationDefinitionNode,
  ): Operation | undefined {
    const kept = compiled.get(node);
    if (kept || !compiles || notCompilable.has(node)) return kept;
    if (!used.has(node)) {
      used.add(node);
      return undefined;
    }
    const operation = compile(document, node);
    if (operation) compiled.set(node, operation);
    else notCompilable.add(node);
    return operation;
  }

  function compile(document: DocumentNode, node: OperationDefinitionNode): Operation | undefined {
    const found = compilable(schema, document, node);
    if (!found) return undefined;
    const name = node.name?.value;
    const query: CompiledQuery | ExecutionResult = compileQuery(
      compilerSchema,
      withReadVariablesIn(document),
      name,
    );
    // graphql-js will tell what is wrong with it.
    if (!isCompiledQuery(query)) return undefined;
    return {
      ...found,
      run: async (context, variables) =>
        withWholeErrors(await query.query(undefined, context, variables)),
    };
  }

  const execution: Executor = async ({ document, operation: node, context, request }) => {
    const { operationName, variables: variableValues = {} } = request;
    const interpret = () =>
      execute({ schema, document, operationName, contextValue: context, variableValues });
    // Without an operation it is graphql-js that says what is wrong with the request.
    if (!isOperation(node)) return interpret();
    const definitions = node.variableDefinitions ?? [];
    const { coerced, errors } = readVariables(schema, definitions, variableValues, hidesSchema);
    if (errors) return { errors };
    const operation = operationOf(document, node);
    if (operation === undefined) return interpret();
    for (const name of operation.neededVariables)
      if (coerced[name] === undefined || coerced[name] === null) return interpret();
    return operation.run(context as Context, coerced);
  };

  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        executor: async (request) => {
          const { deadline, reads } = request.context as Context;
          const result = await deadline.race(execution(request)).catch(withStatus);
          return limitResponse(result, reads);
        },
      }),
    stop: () => Promise.resolve(),
  };
}

/** What is thrown and not answered is 500 to Apollo, unless it says otherwise. */
function withStatus(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  const extensions = { http: { status: 503 } };
  throw new GraphQLError(error.message, { originalError: error, extensions });
}

/** The compiler's errors lack the extensions that graphql-js's always have. */
function withWholeErrors(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  const errors = result.errors.map((error) => {
    const { message, path, originalError } = error;
    const whole = new GraphQLError(message, { path, originalError });
    return Object.defineProperty(whole, "locations", { value: error.locations, enumerable: true });
  });
  return { ...result, errors };
}

/** The type of a variable that is read already. */
const READ = new GraphQLScalarType({ name: "ReadVariable" });

function withReadVariables(schema: GraphQLSchema): GraphQLSchema {
  const { types, ...config } = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...types, READ] });
}

function withReadVariablesIn(document: DocumentNode): DocumentNode {
  const read = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: READ.name } } as const;
  return visit(document, {
    VariableDefinition: ({ kind, variable }) => ({ kind, variable, type: read }),
  });
}

/** Apollo's type leaves out that the request may name no operation of the document. */
function isOperation(node: OperationDefinitionNode | undefined): node is OperationDefinitionNode {
  return node !== undefined;
}
