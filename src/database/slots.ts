import type { Deadline } from "../shared/deadline.js";

interface Waiter {
  readonly owner: string;
  readonly enter: () => void;
}

/**
 * A bounded number of slots. Waiting tasks get a slot in order of arrival, with owners taking turns, so that
 * an owner with many tasks does not delay one with few.
 */
export class Slots {
  private taken = 0;
  private readonly waiting = new Map<string, Waiter[]>();

  /** @param timeoutMs the maximum wait; by default, only the deadline applies. */
  constructor(
    private readonly size: number,
    private readonly timeoutMs?: number,
  ) {}

  /** The number of tasks that wait for a slot. */
  get waitingCount(): number {
    let count = 0;
    for (const { length } of this.waiting.values()) count += length;
    return count;
  }

  /**
   * @returns a function that releases the slot; call it once.
   * @throws AppError SERVICE_UNAVAILABLE if the deadline passes first, or after the maximum wait an error that
   *   `hasTimedOut` recognizes.
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
              giveUp(new SlotTimeoutError());
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
    // The owner's next task waits behind those of every other owner.
    this.waiting.delete(owner);
    if (left.length > 0) this.waiting.set(owner, left);
    waiter?.enter();
  }
}

/** Like the pool's own error for a wait that is too long. Neither is retried, since a retry would wait as well. */
class SlotTimeoutError extends Error {
  override readonly name = "SlotTimeoutError";

  constructor() {
    super("timeout exceeded when trying to connect: lists hold all connections that they may");
  }
}
