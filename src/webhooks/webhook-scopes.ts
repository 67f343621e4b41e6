import type { ApiScope } from "../callers/api-scope.js";
import type { Caller } from "../callers/caller.js";
import { scopeOf } from "../events/event-scope.js";
import { EventType } from "../events/event-type.js";
import { valuesOf } from "../shared/enumeration.js";
import { AppError } from "../shared/errors.js";

/** What decides which events an endpoint gets. No types are all types. */
export interface EventSelection {
  readonly types: readonly EventType[];
}

/**
 * The scopes of an endpoint: those that read its events. Its webhooks contain what these scopes open, and a token needs
 * all of them to decide what the endpoint gets and where. Every endpoint has WEBHOOKS_WRITE, for its own test events.
 */
export function scopesOf({ types }: EventSelection): ApiScope[] {
  const all = types.length === 0 ? valuesOf(EventType) : types;
  return [...new Set<ApiScope>(["WEBHOOKS_WRITE", ...all.map(scopeOf)])];
}

/**
 * Checks that a token may read every event that an endpoint gets: it could otherwise have sent to it what it may not
 * read, or sign such events with the endpoint's secret.
 *
 * @throws AppError FORBIDDEN, with the missing scopes and the types that need them.
 */
export function authorizeEndpoint(
  { scopes }: Pick<Caller, "scopes">,
  endpoint: EventSelection,
): void {
  const missing = scopesOf(endpoint).filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return;
  const needs = missing.map((scope) => {
    const types = endpoint.types.filter((type) => scopeOf(type) === scope);
    return types.length === 0 ? scope : `${scope} for ${types.join(", ")}`;
  });
  const what = endpoint.types.length === 0 ? "events of all types" : "events of these types";
  throw new AppError(
    "FORBIDDEN",
    `The webhook endpoint gets ${what}. This operation requires a token that also has the scope ${needs.join(" and ")}.`,
  );
}
