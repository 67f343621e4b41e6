import { LRUCache } from "lru-cache";
import type { ApiTokenStore, TokenInUse } from "./api-token.store.js";

/** The maximum time until a revocation by another process takes effect in this one. */
export const TOKEN_CACHE_MS = 2_000;

const MAX_TOKENS = 10_000;

/**
 * Caches tokens for two seconds, so that a busy token is not looked up for every request. A revocation or deactivation
 * by this process takes effect immediately, one by another worker of the same server as soon as its message arrives,
 * and any other within two seconds. Unknown tokens are not cached.
 */
export class TokensInUse {
  private readonly listeners = new Set<() => void>();
  private readonly kept: LRUCache<string, Promise<TokenInUse | undefined>>;

  constructor(
    private readonly store: ApiTokenStore,
    keptMs = TOKEN_CACHE_MS,
    private readonly onChange: () => void = () => undefined,
  ) {
    const perf = { now: () => performance.now() };
    this.kept = new LRUCache({ max: MAX_TOKENS, ttl: keptMs, ttlResolution: 0, perf });
  }

  findByHash(hash: Buffer): Promise<TokenInUse | undefined> {
    const key = hash.toString("base64");
    const known = this.kept.get(key);
    if (known !== undefined) return known;

    // The result may be as old as the start of the look-up, so its two seconds begin there.
    const start = performance.now();
    const token = this.store.findByHash(hash);
    this.kept.set(key, token, { start });
    const drop = (): void => {
      if (this.kept.peek(key) === token) this.kept.delete(key);
    };
    void token.then((found) => {
      if (found === undefined) drop();
    }, drop);
    return token;
  }

  /** Call it after every change that may invalidate a token. Also discards look-ups that began before. */
  forget(): void {
    this.clear();
    this.onChange();
  }

  /** Call it when another process reports such a change. */
  clear(): void {
    this.kept.clear();
    for (const listener of this.listeners) listener();
  }

  /** Looks the tokens up again, because their connections have been open for some time. */
  findAgain(hashes: readonly Buffer[]): Promise<TokenInUse[]> {
    return this.store.findByHashes(hashes);
  }

  /** Calls the listener after every change that may invalidate a token, by this process or a reported one. */
  whenChanged(listener: () => void): void {
    this.listeners.add(listener);
  }
}
