import { AppError } from "./errors.js";

/**
 * When a request must have been answered. Whoever works for it asks whether there is still time, or is
 * told when there is none.
 */
export class Deadline {
  private readonly listeners = new Set<() => void>();
  private readonly timer: NodeJS.Timeout;
  private state: "running" | "over" | "left" | "met" = "running";

  constructor(private readonly timeoutMs: number) {
    this.timer = setTimeout(() => {
      this.end("over");
    }, timeoutMs).unref();
  }

  get isOver(): boolean {
    return this.state === "over" || this.state === "left";
  }

  /** The request was answered: nothing is given up any more. */
  meet(): void {
    if (this.state === "running") this.state = "met";
    clearTimeout(this.timer);
  }

  /** Nobody waits for the answer any more. */
  leave(): void {
    this.end("left");
  }

  private end(state: "over" | "left"): void {
    if (this.state !== "running") return;
    this.state = state;
    clearTimeout(this.timer);
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }

  /** @returns what to call when it need not be told any more. */
  whenOver(listener: () => void): () => void {
    if (this.isOver) listener();
    else this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @throws AppError SERVICE_UNAVAILABLE when the time is over. To be asked before a change begins. */
  check(): void {
    if (this.isOver) throw this.failure();
  }

  /**
   * Waits for the work as long as there is time. The work itself goes on.
   *
   * @throws AppError SERVICE_UNAVAILABLE when the time is over first, or what the work throws.
   */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const forget = this.whenOver(() => {
        reject(this.failure());
      });
      void work.then(resolve, reject).finally(forget);
    });
  }

  /** What is told of work that was given up. */
  failure(cause?: unknown): AppError {
    if (this.state === "left") return new ClientGoneError(cause);
    const message =
      `The request was given up after ${String(this.timeoutMs)} ms. Ask for less at a time. ` +
      "Whether it changed anything is not known: send a change again with the same tokens or the same idempotency key, which is safe.";
    return new AppError("SERVICE_UNAVAILABLE", message, { cause });
  }
}

/** What a request meets whose client has gone: told to nobody, and no fault of the server. */
export class ClientGoneError extends AppError {
  constructor(cause?: unknown) {
    super("SERVICE_UNAVAILABLE", "The client did not wait for the answer.", { cause });
  }
}
