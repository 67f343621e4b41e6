import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  getOperationAST,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from "graphql";
import { describe, expect, it } from "vitest";
import { boundOf } from "../../src/graphql/bounded.js";
import { measureOperation } from "../../src/graphql/operation-limits/measure.js";
import { isItemPayload } from "../../src/graphql/item-mutations.js";
import { unconnectedSchema } from "../../src/app/features.js";

const schema = unconnectedSchema();
const TYPES = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith("__"));

type Field = GraphQLField<unknown, unknown>;

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

function takesPage({ args }: Field): boolean {
  return args.some(({ name }) => name === "page");
}

/** The fields of every object type, with their parent type. */
const FIELDS = TYPES.flatMap((type) =>
  Object.values(type.getFields()).map((field) => [type, field] as const),
);
const LISTS = FIELDS.filter(([, { type }]) => isList(type));

/** Tells whether every field of the type takes the paging arguments. */
function isPage({ name }: GraphQLObjectType): boolean {
  const answering = FIELDS.filter(([, { type }]) => getNamedType(type).name === name);
  return name.endsWith("Connection") && answering.every(([, field]) => takesPage(field));
}

function isOfPage(type: GraphQLObjectType, { name }: Field): boolean {
  return ["nodes", "edges"].includes(name) && isPage(type);
}

/** Values for required arguments that do not affect the cost. */
function argumentsOf(field: Field, page = ""): string {
  const required = field.args.filter(({ type }) => isNonNullType(type));
  // One item for each record of a look-up by several ids.
  const ids = "0 ".repeat(boundOf(field) ?? 0);
  const needed = required.map(({ name }) => (name === "ids" ? `ids: [${ids}]` : `${name}: 0`));
  const given = page === "" ? needed : [...needed, page];
  return given.length === 0 ? "" : `(${given.join(", ")})`;
}

/** The cost of one field of a type, computed as if the type were the schema's root. */
function costOf(type: GraphQLObjectType, field: Field, page?: string): number {
  const below = isLeafType(getNamedType(field.type)) ? "" : `{ ${leafOf(field.type)} }`;
  const fragment = `fragment F on ${type.name} { ${field.name}${argumentsOf(field, page)} ${below} }`;
  const document = parse(`{ ...F } ${fragment}`);
  return measureOperation(schema, document, getOperationAST(document)!).costWith({});
}

/** A selection of a type without lists. */
function leafOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return "__typename";
  const fields = Object.values(named.getFields()).filter((field) => !isList(field.type));
  const leaf = fields.find((field) => isLeafType(getNamedType(field.type)));
  if (leaf) return leaf.name;
  const [first] = fields;
  return first ? `${first.name} { ${leafOf(first.type)} }` : "__typename";
}

describe("a list of the schema", () => {
  it("is a connection, accepts a page, or declares a bound", () => {
    const unbounded = LISTS.filter(
      ([type, field]) =>
        !isOfPage(type, field) && !takesPage(field) && boundOf(field) === undefined,
    );
    expect(unbounded.map(([type, field]) => `${type.name}.${field.name}`)).toEqual([]);
  });

  it.each(
    LISTS.filter(([type, field]) => boundOf(field) !== undefined && !isItemPayload(type.name)).map(
      ([type, field]) => [`${type.name}.${field.name}`, type, field] as const,
    ),
  )("costs at least its bound: %s", (_, type, field) => {
    expect(costOf(type, field)).toBeGreaterThanOrEqual(boundOf(field)!);
  });

  it.each(
    FIELDS.filter(([, field]) => takesPage(field)).map(
      ([type, field]) => [`${type.name}.${field.name}`, type, field] as const,
    ),
  )("costs in proportion to its page: %s", (_, type, field) => {
    const named = getNamedType(field.type) as GraphQLObjectType;
    const item = isList(field.type) ? "" : `{ ${leafOf(itemOf(named))} }`;
    const ways = isList(field.type)
      ? [leafOf(field.type)]
      : [`nodes ${item}`, `edges { node ${item} }`, "edges { cursor }"];
    for (const shown of ways) {
      const costWith = (size: number): number => {
        const page = `(page: { number: 1, size: ${String(size)} })`;
        const fragment = `fragment F on ${type.name} { ${field.name}${page} { ${shown} } }`;
        const document = parse(`{ ...F } ${fragment}`);
        return measureOperation(schema, document, getOperationAST(document)!).costWith({});
      };
      expect(costWith(100) - costWith(1), shown).toBeGreaterThanOrEqual(99);
      expect(costWith(100_000), shown).toBe(costWith(100));
    }
  });
});

function itemOf(connection: GraphQLObjectType): GraphQLOutputType {
  return connection.getFields()["nodes"]!.type;
}
