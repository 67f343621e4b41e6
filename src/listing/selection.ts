import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  Kind,
  type SelectionNode,
  getDirectiveValues,
} from "graphql";

/**
 * The fields that a query selects below the field being resolved, as paths such as `sum.balance`.
 * Leaves out fields that `@skip` or `@include` excludes.
 */
export function selectedPaths(info: GraphQLResolveInfo): Set<string> {
  const paths = new Set<string>();
  const visited = new Set<string>();
  const visit = (selections: readonly SelectionNode[], prefix: string): void => {
    for (const selection of selections) {
      if (!isIncluded(selection, info)) continue;
      switch (selection.kind) {
        case Kind.FIELD: {
          const path = prefix + selection.name.value;
          paths.add(path);
          visit(selection.selectionSet?.selections ?? [], `${path}.`);
          break;
        }
        case Kind.INLINE_FRAGMENT:
          visit(selection.selectionSet.selections, prefix);
          break;
        case Kind.FRAGMENT_SPREAD: {
          // Visit each fragment once: fragments that spread others twice would otherwise take exponential time.
          const { value: name } = selection.name;
          const place = `${prefix}...${name}`;
          if (visited.has(place)) break;
          visited.add(place);
          visit(info.fragments[name]?.selectionSet.selections ?? [], prefix);
        }
      }
    }
  };
  for (const node of info.fieldNodes) visit(selectionsOf(node), "");
  return paths;
}

function selectionsOf(node: FieldNode): readonly SelectionNode[] {
  return node.selectionSet?.selections ?? [];
}

function isIncluded(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues);
  return skip?.["if"] !== true && include?.["if"] !== false;
}

/** The field of every type that has the type's name. */
export const TYPE_NAME = "__typename";

/** The fields that some fields select, fragments included. */
export interface Selected {
  /** The selections of each field, by its name. */
  readonly fields: ReadonlyMap<string, readonly FieldNode[]>;
  /** Whether they are the same for all variables. */
  readonly isFixed: boolean;
}

/** The fields selected one level below some fields of an object type, `__typename` among them. */
export function selectedFields(info: GraphQLResolveInfo, nodes: readonly FieldNode[]): Selected {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  let isFixed = true;
  const visit = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      if (selection.directives !== undefined && selection.directives.length > 0) isFixed = false;
      if (!isIncluded(selection, info)) continue;
      switch (selection.kind) {
        case Kind.FIELD: {
          const { value: name } = selection.name;
          const same = fields.get(name);
          if (same) same.push(selection);
          else fields.set(name, [selection]);
          break;
        }
        case Kind.INLINE_FRAGMENT:
          visit(selection.selectionSet.selections);
          break;
        case Kind.FRAGMENT_SPREAD: {
          const { value: name } = selection.name;
          if (visited.has(name)) break;
          visited.add(name);
          visit(info.fragments[name]?.selectionSet.selections ?? []);
        }
      }
    }
  };
  for (const node of nodes) visit(selectionsOf(node));
  return { fields, isFixed };
}
