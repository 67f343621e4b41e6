import {
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

const known = new WeakMap<GraphQLSchema, ReadonlyMap<string, number>>();

/**
 * The average number of values of an introspection field: items of a list, and types below a wrapping type.
 * Fields that are not listed have one.
 */
export function introspectedSizes(schema: GraphQLSchema): ReadonlyMap<string, number> {
  let sizes = known.get(schema);
  if (sizes === undefined) known.set(schema, (sizes = sizesOf(schema)));
  return sizes;
}

function sizesOf(schema: GraphQLSchema): Map<string, number> {
  const types = Object.values(schema.getTypeMap());
  const records = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = records.flatMap((type) => Object.values(type.getFields()));
  const inputFields = types
    .filter(isInputObjectType)
    .flatMap((type) => Object.values(type.getFields()));
  const directives = schema.getDirectives();
  const args = [...fields, ...directives].flatMap((one) => one.args);
  const typed = [...fields, ...args, ...inputFields];
  const wrappings = sum(typed.map(({ type }) => wrappingsOf(type)));
  const ofTypes = (count: number): number => count / types.length;
  return new Map([
    ["types", types.length],
    ["directives", directives.length],
    ["locations", sum(directives.map(({ locations }) => locations.length)) / directives.length],
    ["fields", ofTypes(fields.length)],
    ["inputFields", ofTypes(inputFields.length)],
    ["args", args.length / (fields.length + directives.length)],
    ["enumValues", ofTypes(sum(types.filter(isEnumType).map((type) => type.getValues().length)))],
    ["interfaces", ofTypes(sum(records.map((type) => type.getInterfaces().length)))],
    [
      "possibleTypes",
      ofTypes(
        sum(types.filter(isAbstractType).map((type) => schema.getPossibleTypes(type).length)),
      ),
    ],
    ["ofType", wrappings / (wrappings + typed.length)],
  ]);
}

function wrappingsOf(type: unknown): number {
  if (isNonNullType(type)) return 1 + wrappingsOf(getNullableType(type));
  return isListType(type) ? 1 + wrappingsOf(type.ofType) : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
