import { AppError } from "../shared/errors.js";
import type { ApiScope } from "./api-scope.js";

/** Where a request came from. */
export interface RequestOrigin {
  readonly address: string;
  readonly requestId: string;
  /** What the client calls itself, shortened. */
  readonly userAgent: string | null;
}

/** Who sent a request, as its token tells. */
export interface Caller {
  readonly tokenId: string;
  /** The beginning of the token's secret, by which people tell tokens apart. */
  readonly tokenPrefix?: string;
  /** Left out where no request was sent: the program itself acts, for its demo. */
  readonly request?: RequestOrigin;
  /** Null for an operator, who belongs to no merchant. */
  readonly merchantId: string | null;
  readonly employeeId: string | null;
  readonly scopes: readonly ApiScope[];
}

/** A caller who acts for a merchant, the tenant of what it makes and reads. */
export type MerchantCaller = Caller & { readonly merchantId: string };

/**
 * @param anyOf the scopes of which one is enough; every token passes when none is named.
 * @throws AppError UNAUTHENTICATED without a caller, FORBIDDEN without such a scope.
 */
export function authorize(caller: Caller | null, anyOf: readonly ApiScope[]): void {
  const { scopes } = requireCaller(caller);
  if (anyOf.length > 0 && !anyOf.some((scope) => scopes.includes(scope))) {
    throw new AppError("FORBIDDEN", `This needs a token with the scope ${anyOf.join(" or ")}.`);
  }
}

/** @throws AppError UNAUTHENTICATED when the request brought no token. */
export function requireCaller(caller: Caller | null): Caller {
  if (caller !== null) return caller;
  throw withoutToken("This");
}

/** The error for an operation that needs a token when the request has none. */
export function withoutToken(what: string): AppError {
  const message = `${what} needs an API token. Send it as the header \`Authorization: Token <secret>\`.`;
  return new AppError("UNAUTHENTICATED", message);
}

export function isOperator(caller: Caller): boolean {
  return caller.scopes.includes("OPERATOR");
}

/** @throws AppError UNAUTHENTICATED without a token, FORBIDDEN for an operator's. */
export function requireMerchant(of: Caller | null): MerchantCaller {
  const caller = requireCaller(of);
  const { merchantId } = caller;
  if (merchantId === null) throw new AppError("FORBIDDEN", "This needs a merchant's token.");
  return { ...caller, merchantId };
}
