import { AppError } from "./errors.js";

/** The bytes that one request may read. Each reader counts its rows as they arrive. */
export class ReadBudget {
  private taken = 0;

  constructor(readonly maxBytes: number) {}

  take(bytes: number): void {
    this.taken += bytes;
  }

  get isSpent(): boolean {
    return this.taken > this.maxBytes;
  }

  /** @throws AppError BAD_USER_INPUT when the request has read more than it may. */
  check(): void {
    if (this.isSpent) throw this.failure();
  }

  failure(cause?: unknown): AppError {
    const message = `The request reads more than ${String(this.maxBytes)} bytes. Ask for smaller pages, or in several requests.`;
    return new AppError("BAD_USER_INPUT", message, { cause });
  }
}
