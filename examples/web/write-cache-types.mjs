// Writes what a normalized cache needs to know about the schema's types:
// node write-cache-types.mjs schema.graphql src/cache-types.json
import { readFile, writeFile } from "node:fs/promises";
import {
  buildSchema,
  getNamedType,
  introspectionFromSchema,
  isAbstractType,
  isObjectType,
} from "graphql";

const [source, target] = process.argv.slice(2);
const schema = buildSchema(await readFile(source, "utf8"));
const roots = ["Query", "Mutation", "Subscription"];

const possibleTypes = {}; // the members of each interface and union
const lists = {}; // the fields of each type that are lists with pages
const withoutId = []; // the types whose objects belong to their parent
for (const type of Object.values(schema.getTypeMap())) {
  const { name } = type;
  if (isAbstractType(type)) possibleTypes[name] = schema.getPossibleTypes(type).map(String);
  if (!isObjectType(type) || name.startsWith("__")) continue;
  const fields = Object.values(type.getFields());
  const paged = fields.filter((field) => getNamedType(field.type).name.endsWith("Connection"));
  if (paged.length > 0) lists[name] = paged.map((field) => field.name);
  if (!roots.includes(name) && !("id" in type.getFields())) withoutId.push(name);
}

// Graphcache also needs the introspection of the fields, without their descriptions and arguments.
const introspection = introspectionFromSchema(schema, { descriptions: false }).__schema;
const types = introspection.types
  .filter(({ kind, name }) => /^(OBJECT|INTERFACE|UNION)$/.test(kind) && !name.startsWith("__"))
  .map((type) => ({
    ...type,
    fields: type.fields?.map(({ name, type }) => ({ name, type, args: [] })),
  }));
const written = {
  possibleTypes,
  lists,
  withoutId,
  schema: { __schema: { ...introspection, types } },
};
await writeFile(target, JSON.stringify(written));
