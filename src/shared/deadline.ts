import { AppError } from "./errors.js";

/**
 * The deadline of a request. Code that works on the request checks it, or is notified when it passes.
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

  /** Marks the request as answered, so that nothing is aborted. */
  meet(): void {
    if (this.state === "running") this.state = "met";
    clearTimeout(this.timer);
  }

  /** Marks the client as disconnected, which aborts the request. */
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

  /** Calls the listener when the deadline passes. @returns a function that removes the listener. */
  whenOver(listener: () => void): () => void {
    if (this.isOver) listener();
    else this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Must be called before a change begins. @throws AppError SERVICE_UNAVAILABLE after the deadline. */
  check(): void {
    if (this.isOver) throw this.failure();
  }

  /**
   * Waits for the work until the deadline. The work itself is not stopped.
   *
   * @throws AppError SERVICE_UNAVAILABLE if the deadline passes first, or the error of the work.
   */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const forget = this.whenOver(() => {
        reject(this.failure());
      });
      void work.then(resolve, reject).finally(forget);
    });
  }

  /** The error for aborted work. */
  failure(cause?: unknown): AppError {
    if (this.state === "left") return new ClientGoneError(cause);
    const message =
      `The request was aborted after ${String(this.timeoutMs)} ms. Request less at a time. ` +
      "It may or may not have changed anything: it is safe to retry a change with the same tokens or the same idempotency key.";
    return new AppError("SERVICE_UNAVAILABLE", message, { cause });
  }
}

/** The client disconnected. No client receives this error, and it is not a failure of the server. */
export class ClientGoneError extends AppError {
  constructor(cause?: unknown) {
    super("SERVICE_UNAVAILABLE", "The client disconnected before the response.", { cause });
  }
}
