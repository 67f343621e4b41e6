import { LRUCache } from "lru-cache";
import type { Clock } from "../shared/clock.js";
import { RateLimitedError } from "../shared/errors.js";
import { secondsInWords } from "../shared/rate-limit.js";
import { addressBlockOf } from "./address-block.js";

/** So many bad tokens of an address cost it nothing: a typing error, a token that has just expired. */
export const FREE_FAILURES = 20;

/** From then on each pause is twice the one before: 1, 2, 4, 8, 16 and then always 30 seconds. */
const FIRST_PAUSE_MS = 1_000;
export const LONGEST_PAUSE_MS = 30_000;

/** After so long without a failure an address begins anew. */
export const FORGOTTEN_AFTER_MS = 10 * 60_000;

const MAX_ADDRESSES = 10_000;
const MAX_TOKENS = 10_000;
const LEARN_EVERY_MS = 60_000;

interface Failures {
  readonly count: number;
  readonly lastAtMs: number;
  readonly pauseEndsAtMs: number;
}

export interface FailedAttemptsOptions {
  readonly clock: Clock;
  /** The hashes of tokens that were used of late, the last ones first. */
  readonly recentTokens: (count: number) => Promise<readonly Buffer[]>;
  readonly onRefused?: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Slows down who sends bad tokens, by address. During a pause no token of the address is looked up but
 * those that have been good of late: somebody who shares the address goes on undisturbed, and so do all
 * when a proxy hides their addresses. Each process counts by itself, and remembers so many addresses and
 * tokens.
 */
export class FailedAttempts {
  private readonly failures = new LRUCache<string, Failures>({ max: MAX_ADDRESSES });
  private readonly goodTokens = new LRUCache<string, true>({ max: MAX_TOKENS });

  private learnAtMs = 0;

  constructor(private readonly options: FailedAttemptsOptions) {}

  /**
   * To be called before a token is looked at.
   *
   * @param token its hash; null for one that is malformed.
   * @throws RateLimitedError during a pause of the address.
   */
  allow(address: string, token: Buffer | null): void {
    // Nobody has failed of late: the usual case.
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
    // Attempts that were under way when the pause began count with the one that began it.
    if (leftOf(known, nowMs) > 0) return;
    const isKept = known !== undefined && nowMs - known.lastAtMs < FORGOTTEN_AFTER_MS;
    const count = (isKept ? known.count : 0) + 1;
    const pauseEndsAtMs = nowMs + pauseAfter(count);
    this.failures.set(block, { count, lastAtMs: nowMs, pauseEndsAtMs });
    if (pauseEndsAtMs > nowMs) await this.learnGoodTokens(nowMs);
  }

  succeeded(token: Buffer): void {
    this.goodTokens.set(keyOf(token), true);
  }

  /** A server that has just started knows none by itself. */
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

/** What is left of a pause. One that seems longer than any is over: the clock was set back. */
function leftOf(failures: Failures | undefined, nowMs: number): number {
  const leftMs = (failures?.pauseEndsAtMs ?? 0) - nowMs;
  return leftMs > LONGEST_PAUSE_MS ? 0 : Math.max(0, leftMs);
}

function pauseAfter(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - FREE_FAILURES - 1), LONGEST_PAUSE_MS);
}

function keyOf(token: Buffer): string {
  return token.toString("base64");
}
