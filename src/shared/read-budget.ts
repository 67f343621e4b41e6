import { AppError } from "./errors.js";

/** The number of bytes that one request may read. Readers count their rows as they arrive. */
export class ReadBudget {
  private taken = 0;

  constructor(readonly maxBytes: number) {}

  take(bytes: number): void {
    this.taken += bytes;
  }

  get isSpent(): boolean {
    return this.taken > this.maxBytes;
  }

  /** @throws AppError BAD_USER_INPUT if the request has exceeded its limit. */
  check(): void {
    if (this.isSpent) throw this.failure();
  }

  failure(cause?: unknown): AppError {
    const message = `The request reads more than ${String(this.maxBytes)} bytes. Use smaller pages, or split the request.`;
    return new AppError("BAD_USER_INPUT", message, { cause });
  }
}
