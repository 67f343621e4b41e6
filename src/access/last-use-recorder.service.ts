import type { Instant } from "../shared/instant.js";
import type { ApiTokenStore } from "./api-token.store.js";

const INTERVAL_MS = 30_000;

/**
 * Records the last use of tokens in memory and writes it every 30 seconds, in one statement for all tokens. Requests
 * never wait for the write.
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

  /** Writes the recorded uses. A failure is reported, and the next write retries it. */
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
