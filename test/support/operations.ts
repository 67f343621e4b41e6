import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from "graphql";
import type { ApiScope } from "../../src/callers/api-scope.js";

export type Field = GraphQLField<unknown, unknown>;

/** A field of Query or Mutation. */
export interface Operation {
  readonly kind: "query" | "mutation";
  readonly name: string;
  readonly field: Field;
  /** What `@AllowScopes` declares; undefined where nothing is declared. */
  readonly allowedScopes: readonly ApiScope[] | undefined;
}

/**
 * How the values of arguments and input fields are made, by the first of these names that is there:
 * of its place (`updateOrder.id`, `CreateOrderInput.status`), of the record that an `id` names
 * (`Order.id`), of its own, of its type. What may be left out is left out, unless its place has a name.
 */
export type ValueMakers = Readonly<Record<string, () => unknown>>;

export function operationsOf(schema: GraphQLSchema): Operation[] {
  const of = (kind: Operation["kind"], fields: Record<string, Field> = {}): Operation[] =>
    Object.values(fields).map((field) => {
      return { kind, name: field.name, field, allowedScopes: allowedScopesOf(field) };
    });
  return [
    ...of("query", schema.getQueryType()?.getFields()),
    ...of("mutation", schema.getMutationType()?.getFields()),
  ];
}

export function allowedScopesOf({ extensions }: Field): readonly ApiScope[] | undefined {
  return extensions["allowedScopes"] as readonly ApiScope[] | undefined;
}

/** A document that calls the operation as `answer`, with a variable for each of its arguments. */
export function documentOf({ kind, field }: Operation, selection: string, withAll = false): string {
  const given = field.args.filter((argument) => withAll || isRequired(argument));
  const declared = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
  const passed = given.map(({ name }) => `${name}: $${name}`).join(", ");
  const [head, call] = given.length === 0 ? ["", ""] : [`(${declared})`, `(${passed})`];
  return `${kind} ${head} { answer: ${field.name}${call} { ${selection} } }`;
}

/** Values for the arguments that the operation must be given. */
export function variablesOf(operation: Operation, makers: ValueMakers): Record<string, unknown> {
  const { name, field } = operation;
  const record = recordOf(field);
  return Object.fromEntries(
    field.args.filter(isRequired).map((argument) => {
      const keys = [`${name}.${argument.name}`, `${record}.${argument.name}`];
      return [argument.name, valueOf(argument.type, [...keys, argument.name], makers)];
    }),
  );
}

/** The name of the type of the record that an operation answers, within its payload if need be. */
export function recordOf({ type }: Field): string {
  const answered = getNamedType(type);
  if (!isObjectType(answered) || !answered.name.endsWith("Payload")) return answered.name;
  const within = Object.values(answered.getFields()).map((field) => getNamedType(field.type));
  return within.find((one) => isObjectType(one) && one.name !== "UserError")?.name ?? "";
}

function valueOf(type: GraphQLInputType, keys: readonly string[], makers: ValueMakers): unknown {
  for (const key of keys) {
    const make = makers[key];
    if (make) return make();
  }
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [valueOf(nullable.ofType, [], makers)];
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields()).map((field) => {
      return { field, place: `${nullable.name}.${field.name}` };
    });
    return Object.fromEntries(
      fields
        .filter(({ field, place }) => isRequired(field) || place in makers)
        .map(({ field, place }) => [field.name, valueOf(field.type, [place, field.name], makers)]),
    );
  }
  if (isEnumType(nullable)) return nullable.getValues()[0]!.name;
  const make = makers[nullable.name];
  if (make) return make();
  throw new Error(`Nothing makes a ${nullable.name} for ${keys.join(", ")}: name one of them.`);
}

export function isRequired({ type, defaultValue }: GraphQLArgument | GraphQLInputField): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

/** Whose values tell a record from others; what is left out tells of figures and times. */
const TELLING = new Set(["ID", "UUID", "String"]);

/** A selection of what tells whose a record is: its ids and texts, and those of records below it. */
export function tellingSelection(type: GraphQLNamedType, depth: number): string {
  if (isUnionType(type)) {
    const members = type
      .getTypes()
      .map((one) => `... on ${one.name} { ${tellingSelection(one, 0)} }`);
    return members.join(" ");
  }
  if (!isObjectType(type)) return "__typename";
  const parts = Object.values(type.getFields()).map((field) => {
    const of = getNamedType(field.type);
    if (isLeafType(of)) return TELLING.has(of.name) ? field.name : "";
    return depth > 0 ? branchSelection(field, depth) : "";
  });
  return `__typename ${parts.filter((part) => part !== "").join(" ")}`;
}

/** One field that has fields of its own, with what tells of them; nothing where that is nothing. */
export function branchSelection(field: Field, depth: number): string {
  const of = getNamedType(field.type);
  return `${field.name}${argumentsOf(field)} { ${tellingSelection(of, depth - 1)} }`;
}

/** Lists short, groups by whatever is no time. */
function argumentsOf({ args }: Field): string {
  const written = args.flatMap(({ name, type }) => {
    if (name === "first") return ["first: 5"];
    const named = getNamedType(type);
    if (name !== "keys" || !isEnumType(named)) return [];
    const keys = named.getValues().map((value) => value.name);
    return [`keys: [${keys.filter((key) => !/_(AT|BEFORE)$/.test(key)).join(", ")}]`];
  });
  return written.length === 0 ? "" : `(${written.join(", ")})`;
}
