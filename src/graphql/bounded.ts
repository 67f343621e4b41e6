import type { GraphQLField } from "graphql";
import { Extensions } from "type-graphql";

/**
 * Declares how many items a list has at most that takes no page. The cost of an operation counts that
 * many, so the field's resolver must never answer more.
 */
export function Bounded(maxItems: number): PropertyDecorator & MethodDecorator {
  return Extensions({ maxItems });
}

/** The bound that a list field declares; undefined where it declares none. */
export function boundOf({ extensions }: GraphQLField<unknown, unknown>): number | undefined {
  const { maxItems } = extensions;
  return typeof maxItems === "number" ? maxItems : undefined;
}
