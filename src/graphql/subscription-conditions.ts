import {
  type DirectiveNode,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from "graphql";

const CONDITIONS: ReadonlySet<string> = new Set(["skip", "include"]);

/**
 * Refuses `@skip` and `@include` at the field of a subscription, and at fragments around it, as GraphQL specifies since
 * 2025: a subscription has exactly one field, whatever its variables are. No other rule visits such a document, because
 * graphql-js 16 throws an error if the condition is a variable.
 */
export const refuseSubscriptionConditions: ValidationRule = (context) => ({
  Document: ({ definitions }) => {
    const directives = definitions.flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.SUBSCRIPTION
        ? conditionsIn(node.selectionSet, context, new Set())
        : [],
    );
    for (const directive of directives) {
      const message = `A subscription cannot have @${directive.name.value} at its field. Use it at the fields inside, or send the subscription only if it is needed.`;
      context.reportError(new GraphQLError(message, { nodes: directive }));
    }
    return directives.length > 0 ? null : undefined;
  },
});

/** @param visited the names of the fragments that need not be visited again. */
function conditionsIn(
  { selections }: SelectionSetNode,
  context: ValidationContext,
  visited: Set<string>,
): DirectiveNode[] {
  return selections.flatMap((selection) => {
    const own = (selection.directives ?? []).filter(({ name }) => CONDITIONS.has(name.value));
    if (selection.kind === Kind.FIELD) return own;
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return [...own, ...conditionsIn(selection.selectionSet, context, visited)];
    const name = selection.name.value;
    const fragment = visited.has(name) ? undefined : context.getFragment(name);
    visited.add(name);
    return fragment ? [...own, ...conditionsIn(fragment.selectionSet, context, visited)] : own;
  });
}
