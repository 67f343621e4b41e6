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
  isInterfaceType,
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
  /** The scopes that `@AllowScopes` declares; undefined without a declaration. */
  readonly allowedScopes: readonly ApiScope[] | undefined;
}

/**
 * Generators for the values of arguments and input fields. The first of these names that exists is used:
 * the place (`updateOrder.id`, `CreateOrderInput.status`), the record that an `id` names (`Order.id`),
 * the argument or field, the type. Optional values are omitted unless their place is listed.
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

/** A document that calls the operation with the alias `answer` and a variable for each argument. */
export function documentOf({ kind, field }: Operation, selection: string, withAll = false): string {
  const given = field.args.filter((argument) => withAll || isRequired(argument));
  const declared = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
  const passed = given.map(({ name }) => `${name}: $${name}`).join(", ");
  const [head, call] = given.length === 0 ? ["", ""] : [`(${declared})`, `(${passed})`];
  return `${kind} ${head} { answer: ${field.name}${call} { ${selection} } }`;
}

/** Values for the required arguments of the operation. */
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

/** The type name of the record that an operation returns, either directly or in its payload. */
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

/** Scalars whose values identify a record. Numbers and times are left out. */
const IDENTIFYING = new Set(["ID", "UUID", "String"]);

/**
 * A selection of everything that shows who owns a record: its ids and strings, and those of nested records.
 * @param isSelected leaves out fields.
 */
export function ownerSelection(
  type: GraphQLNamedType,
  depth: number,
  isSelected: (field: Field) => boolean = () => true,
): string {
  if (isUnionType(type)) {
    const members = type
      .getTypes()
      .map((one) => `... on ${one.name} { ${ownerSelection(one, 0, isSelected)} }`);
    return members.join(" ");
  }
  if (isInterfaceType(type)) return "__typename id";
  if (!isObjectType(type)) return "__typename";
  const parts = Object.values(type.getFields()).map((field) => {
    const of = getNamedType(field.type);
    if (!isSelected(field)) return "";
    if (isLeafType(of)) return IDENTIFYING.has(of.name) ? field.name : "";
    return depth > 0 ? branchSelection(field, depth, isSelected) : "";
  });
  return `__typename ${parts.filter((part) => part !== "").join(" ")}`;
}

/** One object field with the selection that identifies it; empty if the object has no such fields. */
export function branchSelection(
  field: Field,
  depth: number,
  isSelected?: (field: Field) => boolean,
): string {
  const selection = ownerSelection(getNamedType(field.type), depth - 1, isSelected);
  return `${field.name}${argumentsOf(field)} { ${selection} }`;
}

/** Arguments that make lists short, cover all times, and group by keys other than times. */
export function argumentsOf({ args }: Field): string {
  const written = args.flatMap((argument) => {
    const { name, type } = argument;
    if (name === "first") return ["first: 5"];
    if (isRequired(argument) && getNamedType(type).name === "DateTime")
      return [`${name}: "${name === "from" ? "1970" : "2970"}-01-01T00:00:00Z"`];
    if (name === "metadataKey") return ['metadataKey: "a"'];
    const named = getNamedType(type);
    if (name !== "keys" || !isEnumType(named)) return [];
    const keys = named.getValues().map((value) => value.name);
    return [`keys: [${keys.filter((key) => !/_(AT|BEFORE)$/.test(key)).join(", ")}]`];
  });
  return written.length === 0 ? "" : `(${written.join(", ")})`;
}
