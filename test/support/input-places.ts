import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
} from "graphql";
import { type Field, type Operation, operationsOf } from "./operations.js";

/** The argument's name followed by field names. A 0 is the first item of a list. */
export type InputPath = readonly (string | 0)[];

/** A place in an operation's arguments that accepts a value of the type. */
export interface InputPlace {
  readonly operation: Operation;
  readonly path: InputPath;
}

/**
 * Every place in the schema where an operation accepts a value of a type. A recursive type is entered once
 * on each path.
 */
export function placesOf(schema: GraphQLSchema, typeName: string): InputPlace[] {
  return operationsOf(schema).flatMap((operation) =>
    operation.field.args.flatMap(({ name, type }) =>
      pathsIn(type, typeName, []).map((path) => ({ operation, path: [name, ...path] })),
    ),
  );
}

/** The argument types that accept a value of a type, with the fields that have them, at any depth of the schema. */
export function readersOf(schema: GraphQLSchema, typeName: string): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType))
    for (const field of Object.values(type.getFields()) as Field[])
      for (const argument of field.args) {
        if (pathsIn(argument.type, typeName, []).length === 0) continue;
        const { name } = getNamedType(argument.type);
        readers.set(name, [...(readers.get(name) ?? []), `${type.name}.${field.name}`]);
      }
  return readers;
}

function pathsIn(type: GraphQLInputType, typeName: string, above: readonly string[]): InputPath[] {
  const nullable = getNullableType(type);
  if (isListType(nullable))
    return pathsIn(nullable.ofType, typeName, above).map((path) => [0, ...path]);
  if (!isInputObjectType(nullable)) return nullable.name === typeName ? [[]] : [];
  if (above.includes(nullable.name)) return [];
  return Object.values(nullable.getFields()).flatMap((field) =>
    pathsIn(field.type, typeName, [...above, nullable.name]).map((path) => [field.name, ...path]),
  );
}

/** Copies values, and replaces the value at a path. */
export function withValueAt(values: unknown, path: InputPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (step === 0) {
    const [first] = (values ?? []) as readonly unknown[];
    return [withValueAt(first, rest, value)];
  }
  const fields = (values ?? {}) as Readonly<Record<string, unknown>>;
  return { ...fields, [step]: withValueAt(fields[step], rest, value) };
}

/** Formats a path as errors of variables do: `input.filter.eq[0]`. */
export function pathText(path: InputPath): string {
  return path.map((step, at) => (step === 0 ? "[0]" : at === 0 ? step : `.${step}`)).join("");
}
