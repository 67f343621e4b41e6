import type { EventStream } from "./event-stream.js";
import { sendAll } from "./event-stream-route.js";
import type { OperationResponse } from "./apollo.js";
import { SubscriptionStream } from "./subscription-stream.js";

/** An operation that has not ended. Its outcome is null until it has begun. */
export interface SharedOperation {
  readonly id: string;
  outcome: OperationResponse | SubscriptionStream | null;
}

/** A stream of events that several operations share ("single connection mode"). */
export class SharedStream {
  private readonly operations = new Map<string, SharedOperation>();
  private isClosed = false;
  private stream: EventStream | undefined;
  private onOpen: ((stream: EventStream) => void) | undefined;
  private readonly opened = new Promise<EventStream>((resolve) => {
    this.onOpen = resolve;
  });

  private readonly sending = new Set<Promise<void>>();

  /**
   * @param tokenId the id of the API token that reserved the stream. Requests with other tokens cannot use it.
   * @param authorization the header with that token.
   */
  constructor(
    readonly tokenId: string,
    readonly authorization: string,
  ) {}

  get isOpen(): boolean {
    return this.stream !== undefined;
  }

  get size(): number {
    return this.operations.size;
  }

  open(stream: EventStream): void {
    this.stream = stream;
    this.onOpen?.(stream);
  }

  /** Reserves the id of an operation. @returns undefined if an operation has it. */
  reserve(id: string): SharedOperation | undefined {
    if (this.operations.has(id)) return undefined;
    const operation = { id, outcome: null };
    this.operations.set(id, operation);
    return operation;
  }

  /**
   * Runs an operation, and sends its results as soon as the stream is open. If it cannot begin, its id is free again.
   *
   * @returns false if the client has ended it before.
   */
  async begin(
    operation: SharedOperation,
    run: () => Promise<OperationResponse | SubscriptionStream>,
  ): Promise<boolean> {
    const outcome = await run().catch((error: unknown) => {
      if (this.has(operation)) this.operations.delete(operation.id);
      throw error;
    });
    if (this.isClosed || !this.has(operation)) {
      if (outcome instanceof SubscriptionStream) void outcome.return();
      return false;
    }
    operation.outcome = outcome;
    const sending = this.send(operation, outcome).finally(() => this.sending.delete(sending));
    this.sending.add(sending);
    return true;
  }

  /** Ends an operation, because its client or the stream has ended it. */
  complete(id: string): void {
    const outcome = this.operations.get(id)?.outcome;
    this.operations.delete(id);
    if (outcome instanceof SubscriptionStream) void outcome.return();
  }

  /** Ends every subscription with an error, and then the stream. */
  async fail(reason: Error): Promise<void> {
    for (const { outcome } of this.operations.values())
      if (outcome instanceof SubscriptionStream) outcome.fail(reason);
    await Promise.all(this.sending);
    this.close();
  }

  /** Ends everything, because the stream is closed. */
  close(): void {
    this.isClosed = true;
    for (const id of [...this.operations.keys()]) this.complete(id);
    this.stream?.end();
  }

  /** Whether the client has not ended the operation. It may have begun another one with the same id since. */
  private has(operation: SharedOperation): boolean {
    return this.operations.get(operation.id) === operation;
  }

  private async send(
    operation: SharedOperation,
    outcome: OperationResponse | SubscriptionStream,
  ): Promise<void> {
    const { id } = operation;
    const stream = await this.opened;
    await sendAll(stream, outcome, (payload) => ({ id, payload }));
    if (!this.has(operation)) return;
    this.operations.delete(id);
    await stream.send({ event: "complete", data: { id } });
  }
}
