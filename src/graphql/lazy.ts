import type { GraphQLSchema } from "graphql";
import { isObjectType } from "graphql";
import { Extensions } from "type-graphql";

/** Declares a field whose value is a function: it is called when a query asks for the field. */
export function Lazy(): PropertyDecorator {
  return Extensions({ isLazy: true });
}

export function resolveLazyFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      if (field.extensions["isLazy"] !== true) continue;
      field.resolve = (source: Readonly<Record<string, () => unknown>>) => source[field.name]?.();
    }
  }
}
