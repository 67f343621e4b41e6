import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeInfo,
  extendSchema,
  getNamedType,
  isObjectType,
  parse,
  print,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { present } from "../../shared/assert.js";
import { asJson, isColumnValue, readableWithout } from "../json-records.js";
import { isRelated } from "../related.js";

/** The type of records that the response has as JSON. */
const RAW_JSON = "RawJson";

/** Adds a field for the JSON of each field whose records can be read as JSON. */
export function withJsonFields(schema: GraphQLSchema): GraphQLSchema {
  const readable = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields())
          .filter((field) => readableWithout(field) !== undefined)
          .map((field) => ({ type: type.name, field }))
      : [],
  );
  const extensions = readable.map(
    ({ type, field }) => `extend type ${type} { ${asJson(field.name)}: ${RAW_JSON}! }`,
  );
  const source = [`scalar ${RAW_JSON}`, ...extensions].join("\n");
  const extended = extendSchema(schema, parse(source), { assumeValid: true });
  for (const { type, field } of readable) {
    const name = asJson(field.name);
    const added = present(fieldsOf(extended.getType(type))?.[name], name);
    added.resolve = (source: Readonly<Record<string, (info: unknown) => unknown>>, _, __, info) =>
      source[name]?.(info);
  }
  return extended;
}

/**
 * Replaces the fields whose records can be read as JSON: those of which only columns are selected, also of related
 * records. Leaves out operations in which an object has a field with a selection twice.
 *
 * @param document a valid document without directives.
 */
export function recordsAsJson(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): DocumentNode {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [],
    ),
  );
  const selections = new Selections(schema, fragments);
  if (selections.hasRepeated(operation.selectionSet)) return document;
  const info = new TypeInfo(schema);
  return visit(
    document,
    visitWithTypeInfo(info, {
      Field: (node: FieldNode) => {
        const field = info.getFieldDef() ?? undefined;
        const other = field && readableWithout(field);
        const siblings = selections.siblingsOf(node);
        if (other === undefined || siblings === undefined || siblings.has(other)) return undefined;
        if (!selections.areColumns(node, getNamedType(field?.type))) return undefined;
        const name = { ...node.name, value: asJson(node.name.value) };
        return { ...node, name, alias: node.alias ?? node.name };
      },
    }),
  );
}

class Selections {
  private readonly siblings = new Map<FieldNode, Set<string>>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {}

  /** The names of the fields that are selected in the same objects as a field, its own among them. */
  siblingsOf(node: FieldNode): ReadonlySet<string> | undefined {
    return this.siblings.get(node);
  }

  /**
   * Whether any object of the response would have the members of two selections of the same field, or the same field
   * under two aliases, which one statement can read. Notes which fields are selected together.
   */
  hasRepeated(selectionSet: SelectionSetNode): boolean {
    const objects = this.fieldsIn(selectionSet).filter((node) => node.selectionSet !== undefined);
    const keys = new Set(objects.map(({ alias, name }) => (alias ?? name).value));
    const calls = new Set(objects.map(callOf));
    const names = objects.map(({ name }) => name.value);
    for (const node of objects)
      this.siblings.set(node, new Set([...(this.siblings.get(node) ?? []), ...names]));
    return (
      Math.min(keys.size, calls.size) < objects.length ||
      objects.some((node) => node.selectionSet && this.hasRepeated(node.selectionSet))
    );
  }

  /** Whether a field selects only columns of its records and of their relations. */
  areColumns(
    { selectionSet }: FieldNode,
    type: GraphQLNamedType | undefined,
    hasRelations = true,
  ): boolean {
    const fields = fieldsOf(type);
    if (selectionSet === undefined || fields === undefined) return false;
    // A fragment on another type within one on an interface selects nothing.
    const isOther = (name: string): boolean =>
      name !== type?.name && isObjectType(this.schema.getType(name));
    if (this.conditionsIn(selectionSet).some(isOther)) return false;
    return this.fieldsIn(selectionSet).every((node) => {
      const { value: name } = node.name;
      if (node.alias !== undefined && node.alias.value !== name) return false;
      const field = fields[name];
      if (field === undefined) return name === "__typename";
      if (isColumnValue(field)) return true;
      return (
        hasRelations && isRelated(field) && this.areColumns(node, getNamedType(field.type), false)
      );
    });
  }

  /** The selected fields, those of fragments in place of the fragments. */
  private fieldsIn({ selections }: SelectionSetNode): FieldNode[] {
    return selections.flatMap((one) => {
      if (one.kind === Kind.FIELD) return [one];
      return this.fieldsIn(this.fragmentOf(one).selectionSet);
    });
  }

  /** The types on which the fragments of a selection are. */
  private conditionsIn({ selections }: SelectionSetNode): string[] {
    return selections.flatMap((one) => {
      if (one.kind === Kind.FIELD) return [];
      const { typeCondition, selectionSet } = this.fragmentOf(one);
      const own = typeCondition ? [typeCondition.name.value] : [];
      return [...own, ...this.conditionsIn(selectionSet)];
    });
  }

  private fragmentOf(
    node: InlineFragmentNode | FragmentSpreadNode,
  ): InlineFragmentNode | FragmentDefinitionNode {
    if (node.kind === Kind.INLINE_FRAGMENT) return node;
    return present(this.fragments.get(node.name.value), "a fragment of a valid document");
  }
}

/** A field with its arguments, whatever its alias and its selection are. */
function callOf({ kind, name, arguments: given = [] }: FieldNode): string {
  return print({ kind, name, arguments: given });
}

function fieldsOf(type: GraphQLNamedType | undefined) {
  return isObjectType(type) ? type.getFields() : undefined;
}
