import { Extensions, type ResolverData, UseMiddleware } from "type-graphql";
import type { ApiScope } from "../callers/api-scope.js";
import { authorize } from "../callers/caller.js";
import type { Context } from "./context.js";

/**
 * Opens an operation or a field to tokens that have one of the scopes, or to every valid token when
 * none is named. What is declared here stands in the schema's extensions, where a test looks for
 * operations that declare nothing.
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
