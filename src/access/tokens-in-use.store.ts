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
  private readonly kept = new Map<
    string,
    { token: Promise<TokenInUse | undefined>; since: number }
  >();

  constructor(
    private readonly store: ApiTokenStore,
    private readonly keptMs = TOKEN_KEPT_MS,
    private readonly tellOthers: () => void = () => undefined,
  ) {}

  findByHash(hash: Buffer): Promise<TokenInUse | undefined> {
    const key = hash.toString("base64");
    const known = this.kept.get(key);
    // From before the look-up began: what it found may be as old as that.
    const now = performance.now();
    if (known !== undefined && now - known.since < this.keptMs) return known.token;

    if (this.kept.size >= MAX_TOKENS) this.kept.clear();
    const entry = { token: this.store.findByHash(hash), since: now };
    this.kept.set(key, entry);
    const drop = (): void => {
      if (this.kept.get(key) === entry) this.kept.delete(key);
    };
    void entry.token.then((token) => {
      if (token === undefined) drop();
    }, drop);
    return entry.token;
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
