import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
} from "graphql";
import { pointsOfArguments } from "./argument-points.js";
import { boundOf } from "../bounded.js";
import { ITEMS_OF, ITEM_MUTATIONS, type ItemMutation, isItemMutation } from "../item-mutations.js";
import { Cost, capped } from "./cost.js";
import { introspectedSizes } from "./introspected.js";
import { type Size, type Variables, definitionsOf, itemCountOf, pageSizeOf } from "./size.js";
import { isConnection, isCountedBelow, isIntrospected, isSizedAbove, weightOf } from "./weights.js";

/** The size of an operation, with fragments counted at each spread. */
export interface OperationMeasure {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** How often each mutation with items occurs. */
  readonly itemMutations: ReadonlyMap<ItemMutation, number>;
  /**
   * An estimate of the work, in points: one for each field, as often as it may be returned, and more for
   * aggregates over whole lists.
   */
  costWith(variables: Variables): number;
}

/** The number of items that a list without a declared bound counts as. */
const UNBOUNDED_ITEMS = 10;

/** Measures an operation in a valid document. It visits each fragment once. */
export function measureOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationMeasure {
  const walk = new Walk(schema, document, operation);
  const root = schema.getRootType(operation.operation);
  const { own, depth, aliases, directives } = walk.measure(
    operation.selectionSet,
    root ?? undefined,
  );
  const onOperation = [operation, ...(operation.variableDefinitions ?? [])];
  return {
    depth,
    aliases,
    directives: capped(
      directives + onOperation.reduce((sum, node) => sum + (node.directives?.length ?? 0), 0),
    ),
    itemMutations: new Map(
      ITEM_MUTATIONS.map((name) => [name, walk.keysOf(name, operation.selectionSet).size]),
    ),
    // Averages are not integers.
    costWith: (variables) => Math.ceil(own.with(variables)),
  };
}

/** The measure of some selections. */
interface Part {
  readonly own: Cost;
  /** The cost per record, if the selections are on a list. */
  readonly perItem: Cost;
  depth: number;
  aliases: number;
  directives: number;
}

class Walk {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly measured = new Map<string, Part>();
  private readonly definitions;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ) {
    this.definitions = definitionsOf(operation);
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.fragments.set(definition.name.value, definition);
  }

  measure({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined): Part {
    const whole = emptyPart();
    for (const selection of selections) {
      whole.directives = capped(whole.directives + (selection.directives?.length ?? 0));
      const part = this.measureOne(selection, type);
      whole.own.add(part.own);
      whole.perItem.add(part.perItem);
      whole.depth = Math.max(whole.depth, part.depth);
      whole.aliases = capped(whole.aliases + part.aliases);
      whole.directives = capped(whole.directives + part.directives);
    }
    return whole;
  }

  /** The response names of a root field. */
  keysOf(
    field: string,
    { selections }: SelectionSetNode,
    keys = new Set<string>(),
    seen = new Set<string>(),
  ): Set<string> {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const { name, alias } = selection;
        if (name.value === field) keys.add((alias ?? name).value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.keysOf(field, selection.selectionSet, keys, seen);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = this.fragments.get(selection.name.value);
        if (fragment) this.keysOf(field, fragment.selectionSet, keys, seen);
      }
    }
    return keys;
  }

  private measureOne(selection: SelectionNode, type: GraphQLNamedType | undefined): Part {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.measureField(selection, type);
      case Kind.INLINE_FRAGMENT: {
        const { typeCondition, selectionSet } = selection;
        return this.measure(selectionSet, typeCondition ? this.typeOf(typeCondition) : type);
      }
      case Kind.FRAGMENT_SPREAD:
        return this.measureFragment(selection.name.value);
    }
  }

  private measureFragment(name: string): Part {
    const known = this.measured.get(name);
    if (known) return known;
    const fragment = this.fragments.get(name);
    const part = fragment
      ? this.measure(fragment.selectionSet, this.typeOf(fragment.typeCondition))
      : emptyPart();
    part.directives = capped(part.directives + (fragment?.directives?.length ?? 0));
    this.measured.set(name, part);
    return part;
  }

  private measureField(node: FieldNode, parent: GraphQLNamedType | undefined): Part {
    const part = { ...emptyPart(), depth: 1, aliases: node.alias ? 1 : 0 };
    const name = node.name.value;
    const definition = fieldOf(parent, name);
    if (!definition) return part; // __typename, which costs nothing
    const type = getNamedType(definition.type);
    const each = Cost.of(weightOf(parent, definition));
    // An operation has one mutation of a kind, which counts its items.
    if (!isIntrospected(parent) && !isItemMutation(name))
      each.add(Cost.of(1), pointsOfArguments(node, this.definitions));
    if (node.selectionSet) {
      const below = this.measure(node.selectionSet, type);
      // Introspection queries are always deep, so their fields do not count.
      if (!name.startsWith("__")) part.depth += below.depth;
      part.aliases = capped(part.aliases + below.aliases);
      part.directives = below.directives;
      each.add(below.own, this.timesBelow(parent, definition));
      each.add(below.perItem, this.sizeBelow(node, type));
    }
    if (isSizedAbove(parent, name)) part.perItem.add(each);
    else if (isCountedBelow(parent, name) || !isList(definition.type)) part.own.add(each);
    else part.own.add(each, this.itemsOf(node, definition));
    return part;
  }

  /** How often a field's selections are executed, if the field itself does not account for it. */
  private timesBelow(
    parent: GraphQLNamedType | undefined,
    definition: GraphQLField<unknown, unknown>,
  ): number {
    const { name } = definition;
    if (!isCountedBelow(parent, name)) return 1;
    if (!isIntrospected(parent)) return sizeOf(definition);
    return introspectedSizes(this.schema).get(name) ?? 1;
  }

  /** The number of items in a field's list. */
  private itemsOf(node: FieldNode, definition: GraphQLField<unknown, unknown>): Size {
    const takes = (argument: string) => definition.args.some(({ name }) => name === argument);
    if (takes("ids")) return itemCountOf(node, ["ids"], this.definitions);
    return takes("page") ? pageSizeOf(node, this.definitions) : sizeOf(definition);
  }

  /** The number of records in a field's list, according to its arguments. */
  private sizeBelow(node: FieldNode, type: GraphQLNamedType): Size {
    if (isConnection(type)) return pageSizeOf(node, this.definitions);
    const { value: name } = node.name;
    if (isItemMutation(name)) return itemCountOf(node, ITEMS_OF[name], this.definitions);
    return 1;
  }

  private typeOf({ name }: { readonly name: { readonly value: string } }) {
    return this.schema.getType(name.value);
  }
}

function emptyPart(): Part {
  return { own: new Cost(), perItem: new Cost(), depth: 0, aliases: 0, directives: 0 };
}

function fieldOf(
  type: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function sizeOf(definition: GraphQLField<unknown, unknown>): number {
  return boundOf(definition) ?? UNBOUNDED_ITEMS;
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}
