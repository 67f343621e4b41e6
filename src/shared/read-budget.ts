import { AppError } from "./errors.js";

/** How many bytes one request may read. Each reader takes what it has read, as the rows arrive. */
export class ReadBudget {
  private taken = 0;

  constructor(readonly maxBytes: number) {}

  take(bytes: number): void {
    this.taken += bytes;
  }

  get isSpent(): boolean {
    return this.taken > this.maxBytes;
  }

  /** @throws AppError BAD_USER_INPUT when more was read than a request may. */
  check(): void {
    if (this.isSpent) throw this.failure();
  }

  failure(cause?: unknown): AppError {
    const message = `The request reads more than ${String(this.maxBytes)} bytes. Ask for smaller pages, or in several requests.`;
    return new AppError("BAD_USER_INPUT", message, { cause });
  }
}
