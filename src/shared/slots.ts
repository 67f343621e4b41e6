import { RateLimitedError } from "./errors.js";

interface SlotRules {
  /** How many may run at a time. */
  readonly most: number;
  /** What runs, such as "export". */
  readonly noun: string;
  /** What has happened to a refused request, and what to do: sentences that "in 5 seconds." completes. */
  readonly advice: string;
  /** After this time, another slot is often free. */
  readonly retryAfterSeconds: number;
}

/**
 * Limits how many long requests of a kind run in this process. One merchant never holds all slots if there are several,
 * so that its stalled connections cannot block the others. All operators together count as one merchant.
 */
export class Slots {
  private readonly taken = new Set<{ readonly merchantId: string | null }>();
  private readonly mostOfMerchant: number;

  constructor(private readonly rules: SlotRules) {
    this.mostOfMerchant = Math.max(1, rules.most - 1);
  }

  /**
   * @param merchantId null for an operator.
   * @returns a function that frees the slot, or the error if none is free. Calling the function again does nothing.
   */
  take(merchantId: string | null): (() => void) | RateLimitedError {
    const held = [...this.taken].filter((slot) => slot.merchantId === merchantId).length;
    const { most, noun } = this.rules;
    if (this.taken.size >= most) {
      const count = most === 1 ? `1 ${noun}` : `${String(most)} ${noun}s`;
      return this.refusal(`This server runs ${count} at a time, and as many run now.`);
    }
    if (held >= this.mostOfMerchant) {
      const [holder, it] =
        merchantId === null ? ["The operators run", "they"] : ["This merchant runs", "it"];
      const count = String(this.mostOfMerchant);
      return this.refusal(`${holder} as many ${noun}s as ${it} may at a time: ${count}.`);
    }
    const slot = { merchantId };
    this.taken.add(slot);
    return () => {
      this.taken.delete(slot);
    };
  }

  private refusal(reason: string): RateLimitedError {
    const { advice, retryAfterSeconds } = this.rules;
    const message = `${reason} ${advice} in ${String(retryAfterSeconds)} seconds.`;
    return new RateLimitedError(message, retryAfterSeconds);
  }
}
