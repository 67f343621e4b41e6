import type { FailedAttempts } from "../rate-limits/failed-attempts.js";
import type { SharedLimit } from "../rate-limits/shared-limit.js";
import type { Clock } from "../shared/clock.js";
import { AppError } from "../shared/errors.js";
import { hashOf, parseApiTokenSecret } from "./api-token-secret.js";
import type { Caller, RequestOrigin } from "../callers/caller.js";
import type { LastUseRecorder } from "./last-use-recorder.service.js";
import type { TokensInUse } from "./tokens-in-use.store.js";

const AUTHORIZATION = /^(?:Token|Bearer) +(\S+) *$/i;

export interface AuthenticatorLimits {
  readonly requests?: Pick<SharedLimit, "take"> | undefined;
  readonly failedAttempts?: FailedAttempts | undefined;
}

/** Identifies the caller of a request by its `Authorization` header. */
export class Authenticator {
  constructor(
    private readonly tokens: TokensInUse,
    private readonly lastUses: LastUseRecorder,
    private readonly clock: Clock,
    private readonly limits: AuthenticatorLimits = {},
  ) {}

  /**
   * @param request the origin of the request, for the audit trail. Without an address, failed attempts are not delayed.
   * @returns the caller, or null without a header: some operations need no token.
   * @throws AppError UNAUTHENTICATED for a token that is malformed (without a query), unknown, expired or revoked;
   *   FORBIDDEN if its merchant or its employee is inactive; RATE_LIMITED for too many requests with the token, or too
   *   many invalid tokens from the address.
   */
  async authenticate(header: string | undefined, request?: RequestOrigin): Promise<Caller | null> {
    if (header === undefined) return null;
    const address = request?.address;
    const secret = parseApiTokenSecret(AUTHORIZATION.exec(header)?.[1] ?? "");
    const hash = secret === null ? null : hashOf(secret);
    const { failedAttempts, requests } = this.limits;
    if (address !== undefined) failedAttempts?.allow(address, hash);
    try {
      const caller = await this.callerOf(hash, request);
      if (hash !== null) failedAttempts?.succeeded(hash);
      await requests?.take(caller.tokenId, 1);
      return caller;
    } catch (error) {
      const isBad = error instanceof AppError && error.code === "UNAUTHENTICATED";
      if (isBad && address !== undefined) await failedAttempts?.failed(address, hash);
      throw error;
    }
  }

  private async callerOf(hash: Buffer | null, request?: RequestOrigin): Promise<Caller> {
    if (hash === null) {
      throw unauthenticated(
        "is malformed. Expected `Authorization: Token <secret>` with a whole secret",
      );
    }
    const token = await this.tokens.findByHash(hash);
    const now = this.clock.now();
    if (token === undefined) throw unauthenticated("is unknown");
    if (token.revokedAt !== null) throw unauthenticated("was revoked");
    if (token.expiresAt !== null && token.expiresAt <= now) throw unauthenticated("has expired");
    if (token.isMerchantActive === false)
      throw new AppError("FORBIDDEN", "The merchant is inactive.");
    if (token.isEmployeeActive === false)
      throw new AppError("FORBIDDEN", "The employee is inactive.");

    this.lastUses.note(token.id, token.lastUsedAt, now);
    const { id: tokenId, prefix: tokenPrefix, merchantId, employeeId, scopes } = token;
    const caller = { tokenId, tokenPrefix, merchantId, employeeId, scopes };
    return request === undefined ? caller : { ...caller, request };
  }
}

function unauthenticated(what: string): AppError {
  return new AppError("UNAUTHENTICATED", `The API token ${what}.`);
}
