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
  getVariableValues,
  print,
  visit,
} from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import type { Context } from "./context.js";

type Gateway = ApolloServerOptionsWithGateway<Context>["gateway"];
type Variables = Record<string, unknown>;

/** One operation of a document, ready to run with variables that are read already. */
type Operation = (context: Context, variables: Variables) => Promise<ExecutionResult>;

/**
 * Executes documents by code that is compiled from them once (graphql-jit). Apollo keeps a parsed
 * document while it is in use, within bounds; its code is kept as long as the document is.
 *
 * Variables are read by graphql-js: its errors are those that clients know, and the compiler cannot
 * read input types that contain themselves, as filters do. Questions about the schema are answered by
 * graphql-js as well.
 */
export function compiledExecution(schema: GraphQLSchema): Gateway {
  const compiled = new WeakMap<DocumentNode, Map<string, Operation>>();
  const compilerSchema = withReadVariables(schema);

  function operationOf(document: DocumentNode, node: OperationDefinitionNode): Operation {
    let operations = compiled.get(document);
    if (operations === undefined)
      compiled.set(document, (operations = new Map<string, Operation>()));
    const name = node.name?.value ?? "";
    let operation = operations.get(name);
    if (operation === undefined) {
      operation = compile(compilerSchema, document, name);
      operations.set(name, operation);
    }
    return operation;
  }

  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        executor: async ({ document, operation: node, context, request }) => {
          const { variables: variableValues = {} } = request;
          // Without an operation it is graphql-js that says what is wrong with the request.
          if (!isOperation(node) || asksForSchema(node)) {
            const { operationName } = request;
            return execute({
              schema,
              document,
              operationName,
              contextValue: context,
              variableValues,
            });
          }
          const { coerced, errors } = getVariableValues(
            schema,
            node.variableDefinitions ?? [],
            variableValues,
            { maxErrors: MAX_ERRORS },
          );
          if (errors) return { errors };
          return operationOf(document, node)(context as Context, coerced);
        },
      }),
    stop: () => Promise.resolve(),
  };
}

function compile(schema: GraphQLSchema, document: DocumentNode, name: string): Operation {
  const query: CompiledQuery | ExecutionResult = compileQuery(
    schema,
    withReadVariablesIn(document),
    name === "" ? undefined : name,
  );
  // What is valid compiles; the error of what does not is the operation's answer.
  if (!isCompiledQuery(query)) return () => Promise.resolve(withWholeErrors(query));
  return async (context, variables) =>
    withWholeErrors(await query.query(undefined, context, variables));
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

/** As graphql-js itself bounds the errors of variables. */
const MAX_ERRORS = 50;

/** The type of a variable that is read already. */
const READ = new GraphQLScalarType({ name: "ReadVariable" });

function withReadVariables(schema: GraphQLSchema): GraphQLSchema {
  const { types, ...config } = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...types, READ] });
}

function withReadVariablesIn(document: DocumentNode): DocumentNode {
  const read = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: READ.name } } as const;
  return visit(document, {
    VariableDefinition: ({ kind, variable, type }) => {
      // The compiler checks that what @skip and @include are given is declared as a boolean.
      const isBoolean = /^Boolean!?$/.test(print(type));
      return { kind, variable, type: isBoolean ? type : read };
    },
  });
}

/** Apollo's type leaves out that the request may name no operation of the document. */
function isOperation(node: OperationDefinitionNode | undefined): node is OperationDefinitionNode {
  return node !== undefined;
}

/** Whether an operation may ask for the schema: one that begins with a fragment is not looked through. */
function asksForSchema({ selectionSet }: OperationDefinitionNode): boolean {
  return selectionSet.selections.some(
    (selection) => selection.kind !== Kind.FIELD || /^__(schema|type)$/.test(selection.name.value),
  );
}
