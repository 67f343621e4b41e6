import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
} from "graphql";
import type { ApiScope } from "../callers/api-scope.js";
import { asJson } from "../graphql/json-records.js";
import { isRelated } from "../graphql/related.js";
import type { RecordDefinition } from "../records/record.js";
import { assert } from "../shared/assert.js";
import { type JsonSelection, jsonSelection } from "./json-selection.js";
import { type Selected, TYPE_NAME, selectedFields } from "./selection.js";
import type { ToOne } from "./to-one.js";

/** Fields of a record; null for all of them, because a resolver may use any. */
export type Fields = ReadonlySet<string> | null;

/** What a query needs to know about the records of a page. */
export interface PageSelection {
  /** Identifies the selection among those of the same list. */
  readonly key: string;
  readonly fields: Fields;
  /** The relations to read with the records. */
  readonly related: ReadonlyMap<string, Fields>;
  /** For each of the relations, the scopes of which a caller needs one. */
  readonly scopes: readonly (readonly ApiScope[])[];
  /** The records as members of the response; null if GraphQL resolves their fields. */
  readonly json: JsonSelection | null;
}

/** Every field of the records, and no relation. */
export const WHOLE_RECORDS = selection(null, new Map(), []);

/** Only the positions of the records in the list. */
export const POSITIONS = selection(new Set(), new Map(), []);

type Relations = Readonly<Record<string, ToOne>>;

/** The selections of fields without directives, which are the same for all variables. */
const known = new WeakMap<FieldNode, PageSelection>();

/**
 * The selection of the field that is being resolved, which returns records or has them in a field.
 *
 * @param inside the field of its type with the record; null if the records are its own value.
 */
export function pageSelection(
  info: GraphQLResolveInfo,
  record: RecordDefinition,
  relations: Relations,
  inside: string | null,
): PageSelection {
  const [node, ...others] = info.fieldNodes;
  const kept = node && others.length === 0 ? known.get(node) : undefined;
  if (kept !== undefined) return kept;
  let { fields: selected, isFixed } = selectedFields(info, info.fieldNodes);
  const isJson = inside === null && info.fieldName === asJson(NODES);
  let type = objectTypeOf(isJson ? fieldOf(info.parentType, NODES).type : info.returnType);
  if (inside !== null) {
    const records = selected.get(inside) ?? [];
    type = objectTypeOf(fieldOf(type, inside).type);
    const nested = selectedFields(info, records);
    isFixed &&= nested.isFixed;
    ({ fields: selected } = nested);
  }
  const json = isJson ? jsonSelection(info, type, selected) : null;
  const made = selectionIn(info, type, selected, record, relations, json);
  if (node && others.length === 0 && isFixed && made.isFixed) known.set(node, made.selection);
  return made.selection;
}

/** The field of a page with its records. */
const NODES = "nodes";

/** One statement can read several selections whose fields GraphQL resolves. */
export function mergeSelections(selections: readonly PageSelection[]): PageSelection {
  const [first = POSITIONS, ...others] = selections;
  return others.reduce((all, one) => {
    if (one.key === all.key) return all;
    const related = new Map(all.related);
    for (const [name, fields] of one.related) {
      const own = related.get(name);
      related.set(name, own === undefined ? fields : union(own, fields));
    }
    return selection(union(all.fields, one.fields), related, [...all.scopes, ...one.scopes]);
  }, first);
}

function selectionIn(
  info: GraphQLResolveInfo,
  type: GraphQLObjectType,
  selected: Selected["fields"],
  record: RecordDefinition,
  relations: Relations,
  json: JsonSelection | null,
): { readonly selection: PageSelection; readonly isFixed: boolean } {
  const fields = new Set<string>();
  const related = new Map<string, Fields>();
  const scopes: (readonly ApiScope[])[] = [];
  let isWhole = false;
  let isFixed = true;
  for (const [name, nodes] of selected) {
    if (name === TYPE_NAME) continue;
    const field = fieldOf(type, name);
    const relation = isRelated(field) ? relations[name] : undefined;
    if (relation !== undefined) {
      const nested = selectedFields(info, nodes);
      isFixed &&= nested.isFixed;
      related.set(name, plainFields(objectTypeOf(field.type), nested.fields, relation.record));
      scopes.push((field.extensions["allowedScopes"] as readonly ApiScope[] | undefined) ?? []);
    } else {
      const column = columnRead(field, record);
      if (column === null) isWhole = true;
      else fields.add(column);
    }
  }
  return { selection: selection(isWhole ? null : fields, related, scopes, json), isFixed };
}

function plainFields(
  type: GraphQLObjectType,
  selected: Selected["fields"],
  record: RecordDefinition,
): Fields {
  const names = [...selected.keys()].filter((name) => name !== TYPE_NAME);
  const fields = names.map((name) => columnRead(fieldOf(type, name), record));
  return fields.every((one) => one !== null) ? new Set(fields) : null;
}

/** The field of the record that a field of its type shows; null if its resolver may use others. */
function columnRead(
  { name, resolve, extensions }: GraphQLField<unknown, unknown>,
  { fields }: RecordDefinition,
): string | null {
  const reads = extensions["reads"] as string | undefined;
  const column = reads ?? (resolve === undefined ? name : null);
  if (column === null || !Object.hasOwn(fields, column)) return null;
  return fields[column]?.role === "virtual" ? null : column;
}

function selection(
  fields: Fields,
  related: PageSelection["related"],
  scopes: PageSelection["scopes"],
  json: JsonSelection | null = null,
): PageSelection {
  const keyOf = (of: Fields): string => (of === null ? "*" : [...of].sort().join());
  const relations = [...related].map(([name, of]) => `${name}(${keyOf(of)})`).sort();
  const form = json === null ? [] : [JSON.stringify(json)];
  return { key: [keyOf(fields), ...relations, ...form].join(" "), fields, related, scopes, json };
}

function union(a: Fields, b: Fields): Fields {
  return a === null || b === null ? null : new Set([...a, ...b]);
}

function objectTypeOf(type: GraphQLResolveInfo["returnType"]): GraphQLObjectType {
  const named = getNamedType(type);
  assert(isObjectType(named), `${named.name} is not an object type`);
  return named;
}

function fieldOf(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> {
  const field = type.getFields()[name];
  assert(field !== undefined, `${type.name} has no field ${name}`);
  return field;
}
