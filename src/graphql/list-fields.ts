import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  coerceInputValue,
  getNamedType,
  isObjectType,
} from "graphql";
import type { ApiScope } from "../callers/api-scope.js";
import { present } from "../shared/assert.js";
import { AppError } from "../shared/errors.js";
import { inOurWords } from "./library-messages.js";

/** A top-level list of the schema. */
export interface ListField {
  /** Its name as a field of Query, such as `paymentCharges`. */
  readonly name: string;
  /** The name of its records' type. */
  readonly typeName: string;
  readonly description: string;
  /** The scopes of which a token needs one; empty if every valid token may read the list. */
  readonly scopes: readonly ApiScope[];
  /**
   * Reads arguments as GraphQL reads the variables of an operation. Those that are undefined are left out.
   *
   * @throws AppError BAD_USER_INPUT with the path of the first value that is wrong.
   */
  readonly readArguments: (values: ListValues) => ListValues;
}

/** Arguments as JSON, or as resolvers receive them. */
export interface ListValues {
  readonly filter?: unknown;
  readonly sort?: unknown;
}

/** The lists with filters and sorts that clients can query directly, in the order of their names. */
export function listFieldsOf(schema: GraphQLSchema): ListField[] {
  const fields = Object.values(present(schema.getQueryType(), "the type Query").getFields());
  return fields
    .filter(({ args }) => ["filter", "sort"].every((name) => args.some((one) => one.name === name)))
    .map(listFieldOf)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function listFieldOf(field: GraphQLField<unknown, unknown>): ListField {
  const { name, args, extensions, description } = field;
  const inputs = new Map(args.map((one) => [one.name, one.type]));
  return {
    name,
    typeName: recordTypeOf(field),
    description: description ?? "",
    scopes: present(extensions["allowedScopes"] as readonly ApiScope[], `the scopes of ${name}`),
    readArguments: (values) =>
      Object.fromEntries(
        Object.entries(values)
          .filter(([, value]) => value !== undefined)
          .map(([argument, value]) => [
            argument,
            readInput(value, present(inputs.get(argument), argument), argument),
          ]),
      ),
  };
}

/** The type of the connection's `nodes`. */
function recordTypeOf({ name, type }: GraphQLField<unknown, unknown>): string {
  const connection = getNamedType(type);
  const nodes = isObjectType(connection) ? connection.getFields()["nodes"] : undefined;
  return getNamedType(present(nodes, `the nodes of ${name}`).type).name;
}

function readInput(value: unknown, type: GraphQLInputType, argument: string): unknown {
  return coerceInputValue(value, type, (path, _invalid, error) => {
    // GraphQL reports these as errors of a variable; the first one suffices.
    const place = path.reduce<string>(
      (parent, key) => (typeof key === "number" ? `${parent}[${String(key)}]` : `${parent}.${key}`),
      argument,
    );
    const cause = error.originalError instanceof AppError ? error.originalError : error;
    const message = `${place}: ${inOurWords(cause.message)}`;
    throw new AppError("BAD_USER_INPUT", message, { argument: place });
  });
}
