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
