import { type DocumentNode, Kind, type ValidationRule, visit } from "graphql";
import {
  type DocumentLimits,
  MAX_ALIAS_LENGTH,
  MAX_OPERATIONS,
} from "../../shared/request-limits.js";
import { type Exceeded, exceededError } from "../exceeded.js";

/**
 * Refuses documents that are too large to validate, because the cost of some rules grows with the square of the
 * selections. No other rule visits such a document, so this is its only error.
 */
export function limitDocument(limits: DocumentLimits): ValidationRule {
  return (context) => ({
    Document: (document) => {
      const exceeded = exceededOf(document, limits);
      if (exceeded === undefined) return undefined;
      context.reportError(exceededError(exceeded));
      return null;
    },
  });
}

function exceededOf(document: DocumentNode, limits: DocumentLimits): Exceeded | undefined {
  const { longestAlias, ...has } = countsOf(document);
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  // Validation rules visit a fragment's variables once for each operation that spreads it.
  if (operations.length > MAX_OPERATIONS)
    return { limit: "operations", has: operations.length, allowed: MAX_OPERATIONS };
  // Aliases and directives can be checked now only if the document has a single operation, which uses every fragment.
  // With several operations, they are checked later, for the operation that is executed.
  const isAlone = operations.length === 1;
  for (const limit of ["selections", ...(isAlone ? LATER : [])] as const)
    if (has[limit] > limits[limit]) return { limit, has: has[limit], allowed: limits[limit] };
  if (longestAlias > MAX_ALIAS_LENGTH)
    return { limit: "aliasLength", has: longestAlias, allowed: MAX_ALIAS_LENGTH };
  return undefined;
}

const LATER = ["aliases", "directives"] as const;

function countsOf(document: DocumentNode): {
  selections: number;
  aliases: number;
  directives: number;
  longestAlias: number;
} {
  const counts = { selections: 0, aliases: 0, directives: 0, longestAlias: 0 };
  const select = (): void => {
    counts.selections++;
  };
  visit(document, {
    Field: ({ alias }) => {
      select();
      if (!alias) return;
      counts.aliases++;
      counts.longestAlias = Math.max(counts.longestAlias, alias.value.length);
    },
    InlineFragment: select,
    FragmentSpread: select,
    Directive: () => {
      counts.directives++;
    },
  });
  return counts;
}
