import { isItemPayload } from "../item-mutations.js";
import type { GraphQLField, GraphQLNamedType } from "graphql";
import { pointsOf } from "../weighted.js";

/** Aggregates over a whole list take a statement each, regardless of the page. */
const WEIGHTS: Readonly<Record<string, number>> = { totalCount: 100, aggregate: 100, groupBy: 200 };

/** The points of an introspection field: few operations select one, and each reads a lot. */
const INTROSPECTED_POINTS = 3;

/** Whether a field costs about one point, regardless of its number of values. */
export function isCountedBelow(parent: GraphQLNamedType | undefined, name: string): boolean {
  return name === "groupBy" || isIntrospected(parent);
}

/** The points of a field, without its selections. */
export function weightOf(
  parent: GraphQLNamedType | undefined,
  definition: GraphQLField<unknown, unknown>,
): number {
  if (isIntrospected(parent)) return INTROSPECTED_POINTS;
  const weight = isConnection(parent) ? WEIGHTS[definition.name] : pointsOf(definition);
  return weight ?? 1;
}

export function isIntrospected(type: GraphQLNamedType | undefined): boolean {
  return type?.name.startsWith("__") === true;
}

export function isConnection(type: GraphQLNamedType | undefined): boolean {
  return type?.name.endsWith("Connection") === true;
}

/** The lists on a page, whose length is an argument of the parent field. */
const OF_PAGE = new Set(["nodes", "edges"]);

/** Whether an argument of the parent field determines the length of a list. */
export function isSizedAbove(parent: GraphQLNamedType | undefined, name: string): boolean {
  if (parent && isItemPayload(parent.name)) return name === "results";
  return isConnection(parent) && OF_PAGE.has(name);
}
