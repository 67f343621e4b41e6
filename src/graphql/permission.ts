import { Extensions, type ResolverData, UseMiddleware } from "type-graphql";
import type { ApiScope } from "../callers/api-scope.js";
import { authorize } from "../callers/caller.js";
import type { Context } from "./context.js";

/**
 * Allows an operation or a field for tokens with one of the scopes, or for every valid token if none is given.
 * The declaration is stored in the schema's extensions, where a test finds operations without one.
 */
export function AllowScopes(...anyOf: ApiScope[]): MethodDecorator {
  const check = UseMiddleware(({ context }: ResolverData<Context>, next) => {
    authorize(context.caller, anyOf);
    return next();
  });
  const declare = Extensions({ allowedScopes: anyOf });
  return (target, property, descriptor) => {
    check(target, property, descriptor);
    declare(target, property, descriptor);
  };
}
