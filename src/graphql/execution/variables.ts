import {
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  type VariableDefinitionNode,
  isInputType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
} from "graphql";
import { inOurWords } from "../library-messages.js";
import { readInput } from "./read-input.js";

type Values = Readonly<Record<string, unknown>>;

export type ReadVariables =
  | { readonly coerced: Record<string, unknown>; readonly errors?: never }
  | { readonly coerced?: never; readonly errors: readonly GraphQLError[] };

/** Reading stops after this many errors. */
const MAX_ERRORS = 20;

/** Thrown to stop reading a value that has too many errors. */
class TooManyErrors extends Error {}

/**
 * Reads variables as graphql-js does, except for its errors. An error of graphql-js repeats the whole value, which
 * may be large and may contain secrets, once for each unknown field of an input. Here an error has only the reason
 * and the path.
 *
 * @param hidesSchema whether errors omit suggestions of names in the schema.
 */
export function readVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  values: Values,
  hidesSchema: boolean,
): ReadVariables {
  const errors: GraphQLError[] = [];
  // No prototype: a variable may have the name of a property that every object inherits.
  const coerced = Object.create(null) as Record<string, unknown>;
  const refuse = (node: VariableDefinitionNode, message: string): void => {
    if (errors.length >= MAX_ERRORS) throw new TooManyErrors();
    errors.push(new GraphQLError(message, { nodes: node, extensions: BAD_INPUT }));
  };
  try {
    for (const node of definitions) read(schema, node, values, coerced, refuse, hidesSchema);
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
    const message = `The variables have more than ${String(MAX_ERRORS)} errors; these are the first.`;
    errors.push(new GraphQLError(message, { extensions: BAD_INPUT }));
  }
  return errors.length > 0 ? { errors } : { coerced };
}

const BAD_INPUT = { code: "BAD_USER_INPUT" };

/** The type of each variable in a document. */
const typesOfVariables = new WeakMap<VariableDefinitionNode, GraphQLInputType>();

/** @returns undefined if it is not an input type, which validation refuses. */
function typeOf(schema: GraphQLSchema, node: VariableDefinitionNode): GraphQLInputType | undefined {
  const known = typesOfVariables.get(node);
  if (known !== undefined) return known;
  const type = typeFromAST(schema, node.type);
  if (!isInputType(type)) return undefined;
  typesOfVariables.set(node, type);
  return type;
}

function read(
  schema: GraphQLSchema,
  node: VariableDefinitionNode,
  values: Values,
  coerced: Record<string, unknown>,
  refuse: (node: VariableDefinitionNode, message: string) => void,
  hidesSchema: boolean,
): void {
  const name = node.variable.name.value;
  const type = typeOf(schema, node);
  if (type === undefined) return;
  if (!Object.hasOwn(values, name)) {
    if (node.defaultValue) coerced[name] = valueFromAST(node.defaultValue, type);
    else if (isNonNullType(type))
      refuse(node, `The variable $${name} is missing: its type is ${String(type)}.`);
    return;
  }
  const value = values[name];
  if (value === null && isNonNullType(type)) {
    refuse(node, `The variable $${name} must not be null: its type is ${String(type)}.`);
    return;
  }
  coerced[name] = readInput(type, value, hidesSchema, (path, message) => {
    const place = path.length === 0 ? "" : ` at ${name}${path.map(stepOf).join("")}`;
    // graphql-js may repeat a secret's value in its reason.
    const isSecret = /secret$/i.test(place);
    const reason = isSecret ? "The value is not of the expected type." : inOurWords(message);
    refuse(node, `The variable $${name} is not valid${place}. ${reason}`);
  });
}

function stepOf(key: string | number): string {
  return typeof key === "number" ? `[${String(key)}]` : `.${key}`;
}
