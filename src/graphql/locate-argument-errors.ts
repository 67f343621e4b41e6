import {
  type ASTNode,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type SourceLocation,
  getLocation,
  isObjectType,
} from "graphql";
import { AppError } from "../shared/errors.js";

/**
 * Makes every error about an argument's value report the place of that value in the document, not of the field. If the
 * value is in a variable, the place is where the document uses the variable.
 */
export function locateArgumentErrors(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (resolve === undefined || field.args.length === 0) continue;
      field.resolve = async (source, args, context, info): Promise<unknown> => {
        try {
          return await resolve(source, args, context, info);
        } catch (error) {
          throw located(error, info.fieldNodes);
        }
      };
    }
  }
}

/** A copy of the error, because fields with equal arguments may share one error. */
function located(error: unknown, fields: readonly FieldNode[]): unknown {
  if (!(error instanceof AppError) || error.argument === undefined) return error;
  const { code, message, argument } = error;
  const locations = fields.flatMap((field) => locationOf(valueAt(field, argument)) ?? []);
  return new AppError(code, message, { cause: error, argument, locations });
}

/** The deepest node on a path such as `filter.and[0].amount`, which begins with the argument's name. */
function valueAt(field: FieldNode, path: string): ASTNode {
  let node: ASTNode = field;
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    // GraphQL reads a single value as a list of one.
    if (/^\d/.test(step) && node.kind !== Kind.LIST) continue;
    const child = childOf(node, step);
    if (child === undefined) return node;
    node = child;
  }
  return node;
}

function childOf(node: ASTNode, step: string): ASTNode | undefined {
  if (node.kind === Kind.LIST) return node.values[Number(step)];
  const named =
    node.kind === Kind.FIELD ? node.arguments : node.kind === Kind.OBJECT ? node.fields : [];
  return named?.find(({ name }) => name.value === step)?.value;
}

function locationOf({ loc }: ASTNode): SourceLocation | undefined {
  return loc && getLocation(loc.source, loc.start);
}
