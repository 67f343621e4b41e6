import { type GraphQLField, type GraphQLSchema, isObjectType } from "graphql";
import { Extensions } from "type-graphql";

/** The records that were read together with a row, by the field that shows them. */
const RELATED = Symbol("related");

interface WithRelated {
  [RELATED]?: Readonly<Record<string, object | null>>;
}

/** Keeps the records to which a row refers. Its fields that are declared with `@Related` then show them. */
export function keepRelated(row: object, related: Readonly<Record<string, object | null>>): void {
  (row as WithRelated)[RELATED] = related;
}

/**
 * Declares a field that shows a record to which its own record refers. A list may read both in one statement; the method
 * is called only for a record that was read alone.
 */
export function Related(): PropertyDecorator & MethodDecorator {
  return Extensions({ isRelated: true });
}

export function isRelated({ extensions }: GraphQLField<unknown, unknown>): boolean {
  return extensions["isRelated"] === true;
}

export function resolveRelated(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields()).filter(isRelated)) {
      const { name, resolve } = field;
      field.resolve = (source: WithRelated, args, context, info): unknown => {
        const related = source[RELATED]?.[name];
        return related === undefined ? resolve?.(source, args, context, info) : related;
      };
    }
  }
}
