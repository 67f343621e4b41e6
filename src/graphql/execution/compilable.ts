import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  visit,
} from "graphql";

/**
 * The maximum size of the code for one operation, in fields times their depth. A typical list has about 50. Above
 * this bound, compiling takes longer than it saves for most queries. Fragments count at each spread, and selections
 * on a union count for each of its types: otherwise a short document could produce unlimited code.
 */
const MAX_WEIGHT = 1_000;

/** What the compiler must know to run an operation like graphql-js. */
export interface Compilable {
  /**
   * The variables that must have a value: those inside lists and objects, which the compiler would otherwise read
   * differently, and those of arguments that must not be null.
   */
  readonly neededVariables: ReadonlySet<string>;
  /** The size of the code, in the unit of the maximum above. */
  readonly weight: number;
}

/**
 * Whether graphql-jit returns the same result as graphql-js for an operation. Known differences are left to
 * graphql-js: `@skip` and `@include` (it mixes up conditions of one fragment in several places), aliases with `_`
 * (it confuses two fields), several mutations (it continues after a failed one), introspection, a variable
 * `$__proto__` (it would set a prototype), strings that look like its markers, and operations whose code would be
 * too large.
 *
 * @returns undefined if it does not.
 */
export function compilable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Compilable | undefined {
  const { operation: kind, selectionSet } = operation;
  const [first, ...others] = selectionSet.selections;
  const isOneField = first?.kind === Kind.FIELD && others.length === 0;
  const root = schema.getRootType(kind);
  if (!root || (kind !== OperationTypeNode.QUERY && !isOneField)) return undefined;
  if (operation.variableDefinitions?.some(({ variable }) => variable.name.value === "__proto__"))
    return undefined;
  const walk = new Walk(schema, document);
  if (!walk.allows(selectionSet, root, 1)) return undefined;
  const { neededVariables, weight } = walk;
  return { neededVariables, weight };
}

class Walk {
  readonly neededVariables = new Set<string>();
  weight = 0;
  private readonly fragments = new Map<string, FragmentDefinitionNode>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
  ) {
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.fragments.set(definition.name.value, definition);
  }

  allows({ selections }: SelectionSetNode, type: GraphQLNamedType, depth: number): boolean {
    return selections.every((selection) => this.allowsOne(selection, type, depth));
  }

  private allowsOne(selection: SelectionNode, type: GraphQLNamedType, depth: number): boolean {
    this.weight += depth;
    if (this.weight > MAX_WEIGHT || selection.directives?.length) return false;
    switch (selection.kind) {
      case Kind.FIELD:
        return this.allowsField(selection, type, depth);
      case Kind.INLINE_FRAGMENT:
        return this.allowsFragment(selection, type, depth);
      case Kind.FRAGMENT_SPREAD: {
        const fragment = this.fragments.get(selection.name.value);
        return fragment !== undefined && this.allowsFragment(fragment, type, depth);
      }
    }
  }

  private allowsFragment(
    {
      typeCondition,
      selectionSet,
    }: Pick<FragmentDefinitionNode, "selectionSet"> & {
      readonly typeCondition?: FragmentDefinitionNode["typeCondition"] | undefined;
    },
    type: GraphQLNamedType,
    depth: number,
  ): boolean {
    const on = typeCondition ? this.schema.getType(typeCondition.name.value) : type;
    // A fragment on another type than that of the record takes no code.
    if (isObjectType(type) && isObjectType(on) && on !== type) return true;
    return on !== undefined && this.allows(selectionSet, on, depth);
  }

  private allowsField(node: FieldNode, type: GraphQLNamedType, depth: number): boolean {
    const { alias, name, selectionSet } = node;
    if (alias?.value.includes("_")) return false;
    if (name.value === "__typename") return true;
    const field =
      isObjectType(type) || isInterfaceType(type) ? type.getFields()[name.value] : undefined;
    if (!field) return false;
    for (const { name, value } of node.arguments ?? []) {
      if (hasMark(value)) return false;
      const argument = field.args.find((one) => one.name === name.value);
      if (value.kind !== Kind.VARIABLE || isNonNullType(argument?.type)) this.noteVariables(value);
    }
    if (!selectionSet) return true;
    const below = getNamedType(field.type);
    const types = isAbstractType(below) ? this.schema.getPossibleTypes(below) : [below];
    return types.every((one) => this.allows(selectionSet, one, depth + 1));
  }

  private noteVariables(value: ValueNode): void {
    visit(value, { Variable: ({ name }) => void this.neededVariables.add(name.value) });
  }
}

/**
 * Whether a string in a value contains a marker that graphql-jit replaces with code after it has written the value
 * as JSON. The compiled code would then execute client input that follows the marker of a date.
 */
function hasMark(value: ValueNode): boolean {
  let isFound = false;
  visit(value, {
    StringValue: ({ value: text }) => {
      isFound ||= text.includes("__MAGIC_");
    },
  });
  return isFound;
}
