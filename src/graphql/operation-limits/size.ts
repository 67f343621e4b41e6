import {
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
  type VariableDefinitionNode,
} from "graphql";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../../shared/request-limits.js";

export type Variables = Readonly<Record<string, unknown>>;

/** A number of items: a constant, or a function of the variables. */
export type Size = number | ((variables: Variables) => number);

export type Definitions = ReadonlyMap<string, VariableDefinitionNode>;

export function definitionsOf({ variableDefinitions }: OperationDefinitionNode): Definitions {
  return new Map((variableDefinitions ?? []).map((one) => [one.variable.name.value, one]));
}

/** The maximum number of records on a page of a list. An invalid size counts as the default. */
export function pageSizeOf(node: FieldNode, definitions: Definitions): Size {
  const places = [
    { value: argumentOf(node, "page"), path: ["size"] },
    { value: argumentOf(node, "last"), path: [] },
    { value: argumentOf(node, "first"), path: [] },
  ];
  return sizeOf(places, definitions, (found) => {
    const size = found.find((one) => typeof one === "number" && one >= 0);
    // The list's resolver refuses a larger page.
    return typeof size === "number" ? Math.min(size, MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE;
  });
}

/** The number of items of a list in an argument. A single value counts as a list of one. */
export function itemCountOf(
  node: FieldNode,
  [argument = "", ...path]: readonly string[],
  definitions: Definitions,
): Size {
  const places = [{ value: argumentOf(node, argument), path }];
  return sizeOf(places, definitions, ([list]) => (Array.isArray(list) ? list.length : 1));
}

interface Place {
  readonly value: ValueNode | undefined;
  readonly path: readonly string[];
}

function sizeOf(
  places: readonly Place[],
  definitions: Definitions,
  read: (found: readonly unknown[]) => number,
): Size {
  const size = (variables: Variables): number =>
    read(places.map(({ value, path }) => valueAt(value, path, variables, definitions)));
  return places.some(({ value, path }) => hasVariableAt(value, path)) ? size : size({});
}

function argumentOf({ arguments: given }: FieldNode, name: string): ValueNode | undefined {
  return given?.find((one) => one.name.value === name)?.value;
}

/** The value at a path inside an argument: a number, the items of a list, or a JSON value of a variable. */
function valueAt(
  node: ValueNode | undefined,
  path: readonly string[],
  variables: Variables,
  definitions: Definitions,
): unknown {
  if (node?.kind === Kind.VARIABLE) {
    const name = node.name.value;
    const given = ownProperty(variables, name);
    if (given !== undefined) return jsonAt(given, path);
    return valueAt(definitions.get(name)?.defaultValue, path, variables, NO_DEFINITIONS);
  }
  if (path.length > 0) return valueAt(fieldOf(node, path), path.slice(1), variables, definitions);
  if (node?.kind === Kind.INT) return Number(node.value);
  return node?.kind === Kind.LIST ? node.values : undefined;
}

const NO_DEFINITIONS: Definitions = new Map();

function jsonAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? ownProperty(at, key) : undefined),
    value,
  );
}

/** A property of the object itself. Clients may use names that JSON objects inherit from `Object.prototype`. */
export function ownProperty(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Variables)[name] : undefined;
}

function hasVariableAt(node: ValueNode | undefined, path: readonly string[]): boolean {
  if (node === undefined || node.kind === Kind.VARIABLE) return node !== undefined;
  return path.length > 0 && hasVariableAt(fieldOf(node, path), path.slice(1));
}

function fieldOf(node: ValueNode | undefined, [name]: readonly string[]): ValueNode | undefined {
  if (node?.kind !== Kind.OBJECT) return undefined;
  return node.fields.find((field) => field.name.value === name)?.value;
}
