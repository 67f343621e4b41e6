import type { GraphQLField } from "graphql";
import { Extensions } from "type-graphql";

/**
 * Declares the maximum length of a list that has no `page` argument. The cost of an operation counts that many
 * items, so the field's resolver must never return more.
 */
export function Bounded(maxItems: number): PropertyDecorator & MethodDecorator {
  return Extensions({ maxItems });
}

/** The bound that a list field declares; undefined if it declares none. */
export function boundOf({ extensions }: GraphQLField<unknown, unknown>): number | undefined {
  const { maxItems } = extensions;
  return typeof maxItems === "number" ? maxItems : undefined;
}
