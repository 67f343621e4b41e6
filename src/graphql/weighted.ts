import type { GraphQLField } from "graphql";
import { Extensions } from "type-graphql";

/** Declares that a field costs this many points, because it reads more than a few rows. */
export function Weighted(points: number): PropertyDecorator & MethodDecorator {
  return Extensions({ points });
}

/** The points that a field declares; undefined if it declares none. */
export function pointsOf({ extensions }: GraphQLField<unknown, unknown>): number | undefined {
  const { points } = extensions;
  return typeof points === "number" ? points : undefined;
}
