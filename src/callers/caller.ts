import { AppError } from "../shared/errors.js";
import type { ApiScope } from "./api-scope.js";

/** The origin of a request. */
export interface RequestOrigin {
  readonly address: string;
  readonly requestId: string;
  /** The `user-agent` header, shortened. */
  readonly userAgent: string | null;
}

/** The sender of a request, identified by its token. */
export interface Caller {
  readonly tokenId: string;
  /** The beginning of the token's secret, which identifies the token for people. */
  readonly tokenPrefix?: string;
  /** Omitted if the server itself acts, without a request. */
  readonly request?: RequestOrigin;
  /** Null for an operator, who belongs to no merchant. */
  readonly merchantId: string | null;
  readonly employeeId: string | null;
  readonly scopes: readonly ApiScope[];
}

/** A caller who acts for a merchant, the tenant of the records that it creates and reads. */
export type MerchantCaller = Caller & { readonly merchantId: string };

/**
 * @param anyOf the scopes of which the caller needs one. If empty, every token is accepted.
 * @throws AppError UNAUTHENTICATED without a caller, FORBIDDEN if the token has none of the scopes.
 */
export function authorize(caller: Caller | null, anyOf: readonly ApiScope[]): void {
  if (!isAllowed(requireCaller(caller), anyOf)) {
    throw new AppError(
      "FORBIDDEN",
      `This operation requires a token with the scope ${anyOf.join(" or ")}.`,
    );
  }
}

/** Whether the caller has one of the scopes. If there are none, every caller is allowed. */
export function isAllowed({ scopes }: Caller, anyOf: readonly ApiScope[]): boolean {
  return anyOf.length === 0 || anyOf.some((scope) => scopes.includes(scope));
}

/** @throws AppError UNAUTHENTICATED if the request has no token. */
export function requireCaller(caller: Caller | null): Caller {
  if (caller !== null) return caller;
  throw withoutToken("This operation");
}

/** The error for an operation that requires a token, if the request has none. */
export function withoutToken(what: string): AppError {
  const message = `${what} requires an API token. Send it in the header \`Authorization: Token <secret>\`.`;
  return new AppError("UNAUTHENTICATED", message);
}

export function isOperator(caller: Caller): boolean {
  return caller.scopes.includes("OPERATOR");
}

/** @throws AppError UNAUTHENTICATED without a token, FORBIDDEN for an operator's. */
export function requireMerchant(of: Caller | null): MerchantCaller {
  const caller = requireCaller(of);
  const { merchantId } = caller;
  if (merchantId === null)
    throw new AppError("FORBIDDEN", "This operation requires a merchant's token.");
  return { ...caller, merchantId };
}
