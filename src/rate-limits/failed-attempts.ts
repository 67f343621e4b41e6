import { LRUCache } from "lru-cache";
import type { Clock } from "../shared/clock.js";
import { RateLimitedError } from "../shared/errors.js";
import { secondsInWords } from "../shared/rate-limit.js";
import { addressBlockOf } from "./address-block.js";

/** The number of failed attempts per address without a delay, for typing errors and expired tokens. */
export const FAILURES_WITHOUT_DELAY = 20;

/** Each further delay is twice the previous one: 1, 2, 4, 8, 16 and then 30 seconds. */
const FIRST_DELAY_MS = 1_000;
export const MAX_DELAY_MS = 30_000;

/** After this time without a failure, an address is forgotten. */
export const RESET_AFTER_MS = 10 * 60_000;

const MAX_ADDRESSES = 10_000;
const MAX_TOKENS = 10_000;
const LEARN_EVERY_MS = 60_000;

interface Failures {
  readonly count: number;
  readonly lastAtMs: number;
  readonly delayEndsAtMs: number;
}

export interface FailedAttemptsOptions {
  readonly clock: Clock;
  /** The hashes of recently used tokens, the most recent ones first. */
  readonly recentTokens: (count: number) => Promise<readonly Buffer[]>;
  readonly onRefused?: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Delays addresses that send invalid tokens. During a delay, only recently valid tokens from the address are looked
 * up, so that other clients with the same address, for example behind a proxy, are not affected. Each process counts
 * by itself, and remembers a bounded number of addresses and tokens.
 */
export class FailedAttempts {
  private readonly failures = new LRUCache<string, Failures>({ max: MAX_ADDRESSES });
  private readonly goodTokens = new LRUCache<string, true>({ max: MAX_TOKENS });

  private learnAtMs = 0;

  constructor(private readonly options: FailedAttemptsOptions) {}

  /**
   * Must be called before a token is looked up.
   *
   * @param token its hash; null for a malformed token.
   * @throws RateLimitedError during a delay of the address.
   */
  allow(address: string, token: Buffer | null): void {
    // Usually, there are no recent failures.
    if (this.failures.size === 0) return;
    const leftMs = leftOf(this.failures.get(addressBlockOf(address)), this.nowMs());
    if (leftMs === 0 || (token !== null && this.goodTokens.has(keyOf(token)))) return;
    this.options.onRefused?.();
    const seconds = Math.ceil(leftMs / 1_000);
    const message = `Too many invalid API tokens came from this address. Tokens that were not used recently are accepted again in ${secondsInWords(seconds)}.`;
    throw new RateLimitedError(message, seconds);
  }

  async failed(address: string, token: Buffer | null): Promise<void> {
    if (token !== null) this.goodTokens.delete(keyOf(token));
    const block = addressBlockOf(address);
    const nowMs = this.nowMs();
    const known = this.failures.get(block);
    // Attempts that were in progress when the delay began do not count again.
    if (leftOf(known, nowMs) > 0) return;
    const isKept = known !== undefined && nowMs - known.lastAtMs < RESET_AFTER_MS;
    const count = (isKept ? known.count : 0) + 1;
    const delayEndsAtMs = nowMs + delayAfter(count);
    this.failures.set(block, { count, lastAtMs: nowMs, delayEndsAtMs });
    if (delayEndsAtMs > nowMs) await this.learnGoodTokens(nowMs);
  }

  succeeded(token: Buffer): void {
    this.goodTokens.set(keyOf(token), true);
  }

  /** Loads recently valid tokens, which a server does not know after a start. */
  private async learnGoodTokens(nowMs: number): Promise<void> {
    if (nowMs < this.learnAtMs) return;
    this.learnAtMs = nowMs + LEARN_EVERY_MS;
    try {
      const tokens = await this.options.recentTokens(MAX_TOKENS);
      for (const token of tokens.toReversed()) this.goodTokens.set(keyOf(token), true);
    } catch (error) {
      this.options.onError(error);
    }
  }

  private nowMs(): number {
    return Date.parse(this.options.clock.now());
  }
}

/** The rest of a delay. One that seems longer than the maximum is over: the clock was set back. */
function leftOf(failures: Failures | undefined, nowMs: number): number {
  const leftMs = (failures?.delayEndsAtMs ?? 0) - nowMs;
  return leftMs > MAX_DELAY_MS ? 0 : Math.max(0, leftMs);
}

function delayAfter(failures: number): number {
  if (failures <= FAILURES_WITHOUT_DELAY) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - FAILURES_WITHOUT_DELAY - 1), MAX_DELAY_MS);
}

function keyOf(token: Buffer): string {
  return token.toString("base64");
}
