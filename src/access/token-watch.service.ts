import type { AppError } from "../shared/errors.js";
import type { Clock } from "../shared/clock.js";
import { hashOfHeader, refusalOfToken } from "./authenticator.service.js";
import type { TokensInUse } from "./tokens-in-use.store.js";

/** A connection is closed at most two of these after its token became invalid. */
const INTERVAL_MS = 900;

/** Receives the reason why a connection must be closed. */
export type OnRefused = (reason: AppError) => void;

interface Watched {
  readonly hash: Buffer;
  readonly listeners: Set<OnRefused>;
}

/**
 * Reports when the token of an open connection is revoked or expires, or its merchant or employee becomes inactive:
 * immediately for a change by this server, and otherwise within two seconds. One statement per interval checks all
 * tokens.
 */
export class TokenWatch {
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;
  private last = Promise.resolve();
  private isWaiting = false;

  constructor(
    private readonly tokens: TokensInUse,
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {
    tokens.whenChanged(() => {
      if (this.watched.size > 0) this.check();
    });
  }

  /**
   * @param header the `Authorization` header of the connection, whose token was valid.
   * @param onRefused called at most once.
   * @returns a function that ends the watch.
   */
  watch(header: string, onRefused: OnRefused): () => void {
    const hash = hashOfHeader(header);
    if (hash === null) return () => undefined;
    const key = hash.toString("base64");
    const watched = this.watched.get(key) ?? { hash, listeners: new Set() };
    this.watched.set(key, watched);
    watched.listeners.add(onRefused);
    this.timer ??= setInterval(() => {
      this.check();
    }, INTERVAL_MS).unref();
    return () => {
      this.forget(key, watched, onRefused);
    };
  }

  private forget(key: string, watched: Watched, onRefused: OnRefused): void {
    watched.listeners.delete(onRefused);
    if (watched.listeners.size > 0) return;
    if (this.watched.get(key) === watched) this.watched.delete(key);
    if (this.watched.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Checks one after the other: a change that is reported during a check starts another one after it. */
  private check(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.last = this.last
      .then(() => {
        this.isWaiting = false;
        return this.checkAll();
      })
      // The next interval checks again. A connection stays usable until then.
      .catch(this.onError);
  }

  private async checkAll(): Promise<void> {
    const watched = [...this.watched];
    if (watched.length === 0) return;
    const found = await this.tokens.findAgain(watched.map(([, { hash }]) => hash));
    const tokens = new Map(found.map((token) => [token.secretHash.toString("base64"), token]));
    for (const [key, one] of watched) {
      const reason = refusalOfToken(tokens.get(key), this.clock.now());
      if (reason === undefined) continue;
      for (const onRefused of [...one.listeners]) {
        this.forget(key, one, onRefused);
        onRefused(reason);
      }
    }
  }
}
