import { AppError } from "../shared/errors.js";
import type { Event } from "./event.record.js";

/** The events that a follower may leave waiting: about a megabyte. */
export const MAX_WAITING_EVENTS = 1_000;

export interface FollowerOptions {
  /** The events up to those that \`offer\` gets. */
  readonly earlier: AsyncIterator<readonly Event[], undefined>;
  readonly accepts: (event: Event) => boolean;
  /** Called once, when the follower does not want any more events. */
  readonly onEnd: () => void;
}

/** Receives a merchant's events in their order: earlier ones by reading them, later ones as they are offered. */
export class EventFollower {
  private waiting: Event[] = [];
  private hasEarlier = true;
  private hasEnded = false;
  private failure: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(private readonly options: FollowerOptions) {}

  /**
   * The next events, at least one.
   *
   * @returns null at the end.
   * @throws AppError SUBSCRIBER_TOO_SLOW if too many events were waiting.
   */
  async next(limit: number): Promise<readonly Event[] | null> {
    while (!this.hasEnded) {
      if (this.waiting.length > 0) return this.waiting.splice(0, limit);
      if (this.hasEarlier) await this.readEarlier();
      else
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
    }
    if (this.failure) throw this.failure;
    return null;
  }

  offer(event: Event): void {
    if (this.hasEnded || !this.options.accepts(event)) return;
    this.waiting.push(event);
    if (this.waiting.length > MAX_WAITING_EVENTS) this.end(tooSlow());
    this.wake?.();
  }

  end(failure?: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.failure = failure;
    this.waiting = [];
    this.wake?.();
    this.options.onEnd();
  }

  private async readEarlier(): Promise<void> {
    const { value: events } = await this.options.earlier.next();
    if (events === undefined) this.hasEarlier = false;
    // Offered events are later than all that are read.
    else this.waiting.unshift(...events.filter(this.options.accepts));
  }
}

function tooSlow(): AppError {
  const count = MAX_WAITING_EVENTS.toLocaleString("en");
  return new AppError(
    "SUBSCRIBER_TOO_SLOW",
    `More than ${count} events were waiting for this subscription's client. Subscribe again with the cursor of the last event as \`after\`: no event is lost.`,
  );
}
