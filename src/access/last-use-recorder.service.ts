import type { Instant } from "../shared/instant.js";
import type { ApiTokenStore } from "./api-token.store.js";

const INTERVAL_MS = 30_000;

/**
 * Keeps when tokens were last used in memory and writes it now and then, all tokens in one statement:
 * a request never waits for it, and a thousand requests cost one write.
 */
export class LastUseRecorder {
  private readonly uses = new Map<string, Instant>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly tokens: ApiTokenStore,
    private readonly onError: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => void this.flush(), INTERVAL_MS);
    this.timer.unref();
  }

  note(tokenId: string, storedUse: Instant | null, now: Instant): void {
    if (storedUse === null || storedUse < now) this.uses.set(tokenId, now);
  }

  /** Writes what was noted. A failure is reported and tried again with the next write. */
  async flush(): Promise<void> {
    if (this.uses.size === 0) return;
    const uses = new Map(this.uses);
    this.uses.clear();
    try {
      await this.tokens.recordUses(uses);
    } catch (error) {
      for (const [id, at] of uses) if (!this.uses.has(id)) this.uses.set(id, at);
      this.onError(error);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }
}
