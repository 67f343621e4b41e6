import type { ApolloServerOptionsWithGateway } from "@apollo/server";
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  GraphQLScalarType,
  GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  createSourceEventStream,
  execute,
  visit,
} from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import { LRUCache } from "lru-cache";
import { AppError } from "../../shared/errors.js";
import { type Compilable, compilable } from "./compilable.js";
import type { Context } from "../context.js";
import { HTTP_STATUS } from "../present-error.js";
import { limitResponse } from "../operation-limits/response.js";
import type { SourceEvent } from "../subscription.js";
import { SharedResults } from "./shared-results.js";
import { recordsAsJson, withJsonFields } from "./records-as-json.js";
import { readVariables } from "./variables.js";

type Gateway = ApolloServerOptionsWithGateway<Context>["gateway"];
type Executor = NonNullable<Awaited<ReturnType<Gateway["load"]>>["executor"]>;
type Variables = Record<string, unknown>;

/** A compiled operation of a document. It runs with coerced variables. */
interface Operation extends Compilable {
  readonly run: (
    context: Context,
    variables: Variables,
    rootValue: unknown,
  ) => Promise<ExecutionResult>;
}

/** The maximum weight of cached code: about 80 MB, or 400 typical lists. */
const MAX_KEPT_WEIGHT = 20_000;

/**
 * Executes operations with graphql-jit, which compiles them, from their second use on. Compiling costs as much as
 * interpreting a few times, and an operation with literal values is usually sent only once.
 *
 * Variables are coerced first (`readVariables`), because the compiler does not support recursive input types, such as
 * filters. graphql-js executes every operation for which the compiler would return a different result.
 *
 * The server abandons an execution at the request's deadline, and refuses a response above the limit.
 *
 * @param compiles false to let graphql-js interpret every operation.
 * @param readsJson whether records of which only columns are selected are read as JSON.
 * @param hidesSchema whether errors omit names of the schema that are not in the request.
 */
export function compiledExecution(
  schema: GraphQLSchema,
  compiles: boolean,
  readsJson: boolean,
  hidesSchema = false,
): Gateway {
  let compilerSchema: GraphQLSchema | undefined;
  const used = new WeakSet<OperationDefinitionNode>();
  const notCompilable = new WeakSet<OperationDefinitionNode>();
  const shared = new SharedResults();
  const compiled = new LRUCache<OperationDefinitionNode, Operation>({
    maxSize: MAX_KEPT_WEIGHT,
    sizeCalculation: ({ weight }) => weight,
    dispose: (_, node) => used.delete(node),
  });

  /** @returns undefined for an operation that graphql-js must execute. */
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
    compilerSchema ??= withJsonFields(withReadVariables(schema));
    const query: CompiledQuery | ExecutionResult = compileQuery(
      compilerSchema,
      withReadVariablesIn(readsJson ? recordsAsJson(schema, document, node) : document),
      name,
    );
    // graphql-js will report the error.
    if (!isCompiledQuery(query)) return undefined;
    return {
      ...found,
      run: async (context, variables, rootValue) =>
        withWholeErrors(await query.query(rootValue, context, variables)),
    };
  }

  const execution: Executor = async ({ document, operation: node, context, request }) => {
    const { operationName, variables: variableValues = {} } = request;
    const args = { schema, document, operationName, variableValues };
    // If the request selects no operation, let graphql-js report the error.
    if (!isOperation(node)) return execute({ ...args, contextValue: context });
    const definitions = node.variableDefinitions ?? [];
    const { coerced, errors } = readVariables(schema, definitions, variableValues, hidesSchema);
    if (errors) return { errors };
    const run: Run = (contextValue, rootValue) => {
      const operation = operationOf(document, node);
      const isRunnable = operation !== undefined && hasValues(coerced, operation.neededVariables);
      return isRunnable
        ? operation.run(contextValue, coerced, rootValue)
        : execute({ ...args, contextValue, rootValue });
    };
    const requested = context as Context;
    if (node.operation !== OperationTypeNode.SUBSCRIPTION) return run(requested, undefined);
    const runInTime: RunEvent = async (own, value) => inTime(run(own, value), own);
    const runEvent = shared.sharing(node, variableValues, requested.caller, runInTime);
    return begin({ ...args, contextValue: requested }, node, runEvent);
  };

  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        executor: (request) => inTime(execution(request), request.context as Context),
      }),
    stop: () => Promise.resolve(),
  };
}

type Run = (context: Context, rootValue: unknown) => ExecutionResult | Promise<ExecutionResult>;
type RunEvent = (context: Context, value: unknown) => Promise<ExecutionResult>;

/** Begins a subscription, and leaves it in the slot of its request. The request's own result has no data. */
async function begin(
  args: ExecutionArgs,
  { selectionSet }: OperationDefinitionNode,
  runEvent: RunEvent,
): Promise<ExecutionResult> {
  const context = args.contextValue as Context;
  const { subscription, caller, deadline } = context;
  subscription?.admit(caller);
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return { errors: (source.errors ?? []).map(refused) };
  const events = (source as AsyncIterable<SourceEvent>)[Symbol.asyncIterator]();
  if (deadline.isOver) {
    // The request has had its response, so the source must be ended here.
    void events.return?.();
  } else if (subscription) {
    const [field] = selectionSet.selections;
    subscription.started = {
      field: field?.kind === Kind.FIELD ? field.name.value : "fragment",
      context,
      source: events,
      execute: (value, own) => runEvent(own, value),
    };
  }
  return { data: null };
}

/** Waits for a result until the deadline of its context, and refuses one that is too large. */
async function inTime(
  work: ExecutionResult | Promise<ExecutionResult>,
  { deadline, reads }: Context,
): Promise<ExecutionResult> {
  const result = await deadline.race(Promise.resolve(work)).catch(withStatus);
  const { errors, data, extensions } = limitResponse(result, reads);
  // With all members, even undefined: Apollo sets them in a copy, and adding one to a copy takes V8's slow path.
  return { errors, data, extensions } as ExecutionResult;
}

function hasValues(variables: Variables, names: ReadonlySet<string>): boolean {
  return [...names].every((name) => variables[name] !== undefined && variables[name] !== null);
}

/** Sets the HTTP status of the server's own errors. Apollo would return 500 for an exception. */
function withStatus(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  throw refused(new GraphQLError(error.message, { originalError: error }));
}

/** Sets the HTTP status of an operation that was not executed, by the code of its error. */
function refused(error: GraphQLError): GraphQLError {
  const { message, nodes, path, originalError } = error;
  if (!(originalError instanceof AppError)) return error;
  const extensions = { http: { status: HTTP_STATUS[originalError.code] ?? 500 } };
  const place = { nodes: nodes ?? null, path: path ?? null };
  return new GraphQLError(message, { ...place, originalError, extensions });
}

/** Adds the extensions that errors of graphql-js always have, and those of the compiler lack. */
function withWholeErrors(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  const errors = result.errors.map((error) => {
    const { message, path, originalError } = error;
    const whole = new GraphQLError(message, { path, originalError });
    return Object.defineProperty(whole, "locations", { value: error.locations, enumerable: true });
  });
  return { ...result, errors };
}

/** The type of variables that are already coerced. */
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

/** A request may name no operation of the document, which Apollo's type does not express. */
function isOperation(node: OperationDefinitionNode | undefined): node is OperationDefinitionNode {
  return node !== undefined;
}
