import { LRUCache } from "lru-cache";
import type { FailedAttempts } from "../rate-limits/failed-attempts.js";
import type { SharedLimit } from "../rate-limits/shared-limit.js";
import type { Clock } from "../shared/clock.js";
import { present } from "../shared/assert.js";
import { AppError } from "../shared/errors.js";
import type { Instant } from "../shared/instant.js";
import type { TokenInUse } from "./api-token.store.js";
import { hashOf, parseApiTokenSecret } from "./api-token-secret.js";
import type { Caller, RequestOrigin } from "../callers/caller.js";
import type { LastUseRecorder } from "./last-use-recorder.service.js";
import { TOKEN_CACHE_MS, type TokensInUse } from "./tokens-in-use.store.js";

const AUTHORIZATION = /^(?:Token|Bearer) +(\S+) *$/i;

const MAX_HEADERS = 1_000;

export interface AuthenticatorLimits {
  readonly requests?: Pick<SharedLimit, "take"> | undefined;
  readonly failedAttempts?: FailedAttempts | undefined;
}

/** Identifies the caller of a request by its `Authorization` header. */
export class Authenticator {
  /** The hashes of recent headers. They contain secrets, which are removed as soon as their time is over. */
  private readonly hashes = new LRUCache<string, Buffer>({
    ...{ max: MAX_HEADERS, ttl: TOKEN_CACHE_MS, ttlResolution: 0, ttlAutopurge: true },
    perf: { now: () => performance.now() },
  });

  constructor(
    private readonly tokens: TokensInUse,
    private readonly lastUses: LastUseRecorder,
    private readonly clock: Clock,
    private readonly limits: AuthenticatorLimits = {},
  ) {}

  /**
   * Identifies the caller of a request, and counts the request.
   *
   * @param request the origin of the request, for the audit trail. Without an address, failed attempts are not delayed.
   * @returns the caller, or null without a header: some operations need no token.
   * @throws AppError like `identify`, and RATE_LIMITED for too many requests with the token.
   */
  async authenticate(header: string | undefined, request?: RequestOrigin): Promise<Caller | null> {
    const caller = await this.identify(header, request);
    if (caller !== null) await this.limits.requests?.take(caller.tokenId, 1);
    return caller;
  }

  /**
   * Identifies the caller of a connection, whose operations are authenticated one by one.
   *
   * @throws AppError UNAUTHENTICATED for a token that is malformed (without a query), unknown, expired or revoked;
   *   FORBIDDEN if its merchant or its employee is inactive; RATE_LIMITED for too many invalid tokens from the address.
   */
  async identify(header: string | undefined, request?: RequestOrigin): Promise<Caller | null> {
    if (header === undefined) return null;
    const address = request?.address;
    const hash = this.hashOf(header);
    const { failedAttempts } = this.limits;
    if (address !== undefined) failedAttempts?.allow(address, hash);
    try {
      if (hash === null) {
        throw unauthenticated(
          "is malformed. Expected `Authorization: Token <secret>` with a whole secret",
        );
      }
      const caller = this.callerOf(await this.tokens.findByHash(hash), request);
      failedAttempts?.succeeded(hash);
      return caller;
    } catch (error) {
      const isBad = error instanceof AppError && error.code === "UNAUTHENTICATED";
      if (isBad && address !== undefined) await failedAttempts?.failed(address, hash);
      throw error;
    }
  }

  private hashOf(header: string): Buffer | null {
    const known = this.hashes.get(header);
    if (known !== undefined) return known;
    const hash = hashOfHeader(header);
    if (hash !== null) this.hashes.set(header, hash);
    return hash;
  }

  private callerOf(found: TokenInUse | undefined, request: RequestOrigin | undefined): Caller {
    const now = this.clock.now();
    const refusal = refusalOfToken(found, now);
    if (refusal) throw refusal;
    const token = present(found, "the token");
    this.lastUses.note(token.id, token.lastUsedAt, now);
    const { id: tokenId, prefix: tokenPrefix, merchantId, employeeId, scopes } = token;
    const caller = { tokenId, tokenPrefix, merchantId, employeeId, scopes };
    return request === undefined ? caller : { request, ...caller };
  }
}

/** The hash of the token in an `Authorization` header; null if it is malformed. */
export function hashOfHeader(header: string): Buffer | null {
  const secret = parseApiTokenSecret(AUTHORIZATION.exec(header)?.[1] ?? "");
  return secret === null ? null : hashOf(secret);
}

/** The error for a token that may not be used now: UNAUTHENTICATED or FORBIDDEN. */
export function refusalOfToken(token: TokenInUse | undefined, now: Instant): AppError | undefined {
  if (token === undefined) return unauthenticated("is unknown");
  if (token.revokedAt !== null) return unauthenticated("was revoked");
  if (token.expiresAt !== null && token.expiresAt <= now) return unauthenticated("has expired");
  if (token.isMerchantActive === false)
    return new AppError("FORBIDDEN", "The merchant is inactive.");
  if (token.isEmployeeActive === false)
    return new AppError("FORBIDDEN", "The employee is inactive.");
  return undefined;
}

function unauthenticated(what: string): AppError {
  return new AppError("UNAUTHENTICATED", `The API token ${what}.`);
}
