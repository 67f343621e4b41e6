import { LRUCache } from "lru-cache";
import type { ApiTokenStore, TokenInUse } from "./api-token.store.js";

/** How long another process's revocation may stay unheard. */
export const TOKEN_KEPT_MS = 2_000;

const MAX_TOKENS = 10_000;

/**
 * Tokens as requests meet them, kept for two seconds so that a busy one is not looked up for every
 * request. What this process itself revokes or closes counts at once; what another worker of the same
 * server does, as soon as its message arrives; what anybody else does, and what a message is late for,
 * after two seconds at most. Unknown tokens are not kept.
 */
export class TokensInUse {
  private readonly kept: LRUCache<string, Promise<TokenInUse | undefined>>;

  constructor(
    private readonly store: ApiTokenStore,
    keptMs = TOKEN_KEPT_MS,
    private readonly tellOthers: () => void = () => undefined,
  ) {
    const perf = { now: () => performance.now() };
    this.kept = new LRUCache({ max: MAX_TOKENS, ttl: keptMs, ttlResolution: 0, perf });
  }

  findByHash(hash: Buffer): Promise<TokenInUse | undefined> {
    const key = hash.toString("base64");
    const known = this.kept.get(key);
    if (known !== undefined) return known;

    // The token may be as old as the start of the look-up, so its time begins then.
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

  /** To be called after whatever may end a token's use; a look-up that began before counts no more. */
  forget(): void {
    this.hearOfChange();
    this.tellOthers();
  }

  /** As `forget`, for what another process has done and told. */
  hearOfChange(): void {
    this.kept.clear();
  }
}
