import type { Deadline } from "../shared/deadline.js";

interface Waiter {
  readonly owner: string;
  readonly enter: () => void;
}

/**
 * A bounded number of places. Those who wait get one in the order in which they came, but each owner in
 * turn: the many of one owner do not hold up the few of another.
 */
export class Places {
  private taken = 0;
  private readonly waiting = new Map<string, Waiter[]>();

  /** @param timeoutMs bounds a wait; without it the deadline alone does. */
  constructor(
    private readonly size: number,
    private readonly timeoutMs?: number,
  ) {}

  /** How many wait for a place. */
  get waitingCount(): number {
    let count = 0;
    for (const { length } of this.waiting.values()) count += length;
    return count;
  }

  /**
   * @returns what gives the place back; to be called once.
   * @throws AppError SERVICE_UNAVAILABLE when the deadline passes first, or an error that
   *   `hasTimedOut` knows when the wait reaches its bound.
   */
  async take(owner: string, deadline: Deadline): Promise<() => void> {
    deadline.check();
    if (this.taken < this.size) this.taken++;
    else await this.wait(owner, deadline);
    return () => {
      this.passOn();
    };
  }

  private wait(owner: string, deadline: Deadline): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        forget();
      };
      const waiter = {
        owner,
        enter: () => {
          end();
          resolve();
        },
      };
      const giveUp = (failure: Error): void => {
        this.remove(waiter);
        end();
        reject(failure);
      };
      const timer =
        this.timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              giveUp(new PlaceTimeoutError());
            }, this.timeoutMs);
      const queue = this.waiting.get(owner);
      if (queue) queue.push(waiter);
      else this.waiting.set(owner, [waiter]);
      const forget = deadline.whenOver(() => {
        giveUp(deadline.failure());
      });
    });
  }

  private remove(waiter: Waiter): void {
    const left = (this.waiting.get(waiter.owner) ?? []).filter((one) => one !== waiter);
    if (left.length > 0) this.waiting.set(waiter.owner, left);
    else this.waiting.delete(waiter.owner);
  }

  private passOn(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.taken--;
      return;
    }
    const [owner, [waiter, ...left]] = next;
    // The owner's next one waits behind those of every other owner.
    this.waiting.delete(owner);
    if (left.length > 0) this.waiting.set(owner, left);
    waiter?.enter();
  }
}

/** As the pool's own error of a wait for a connection, and handled alike: repeating would not help. */
class PlaceTimeoutError extends Error {
  override readonly name = "PlaceTimeoutError";

  constructor() {
    super("timeout exceeded when trying to connect: lists hold all connections that they may");
  }
}
