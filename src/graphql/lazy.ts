import type { GraphQLSchema } from "graphql";
import { isObjectType } from "graphql";
import { Extensions } from "type-graphql";

/** Declares a field whose value is a function, which is called when a query selects the field. */
export function Lazy(): PropertyDecorator {
  return Extensions({ isLazy: true });
}

export function resolveLazyFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      const compute = field.extensions["compute"] as Compute | undefined;
      if (compute) field.resolve = compute;
      if (field.extensions["isLazy"] !== true) continue;
      field.resolve = (source: Readonly<Record<string, () => unknown>>) => source[field.name]?.();
    }
  }
}

/** Computes a field from the record that it belongs to. */
type Compute = (source: Readonly<Record<string, unknown>>) => unknown;

/** Declares a field that is computed from one field of its record when a query selects it. */
export function Computed(reads: string, compute: Compute): PropertyDecorator {
  return Extensions({ compute, reads });
}
