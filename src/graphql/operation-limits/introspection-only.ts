import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** Whether an operation selects only introspection fields and `__typename`, which need no token. */
export function isIntrospectionOnly(
  { definitions }: DocumentNode,
  { selectionSet }: OperationDefinitionNode,
): boolean {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition);

  function isOpen({ selections }: SelectionSetNode): boolean {
    return selections.every((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value.startsWith("__");
      if (selection.kind === Kind.INLINE_FRAGMENT) return isOpen(selection.selectionSet);
      const name = selection.name.value;
      const fragment = fragments.get(name);
      // Each fragment is visited once.
      fragments.delete(name);
      return fragment === undefined || isOpen(fragment.selectionSet);
    });
  }
  return isOpen(selectionSet);
}
