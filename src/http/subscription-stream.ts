import type { FormattedExecutionResult, GraphQLFormattedError } from "graphql";
import type { Context, StartedSubscription } from "../graphql/context.js";
import { presentAll, presentFailure } from "../graphql/present-error.js";
import type { SourceEvent } from "../graphql/subscription.js";

/** A result of a subscription, in its public form. */
export interface StreamedResult {
  readonly result: FormattedExecutionResult;
  /** Where the subscription continues after this result; null if it begins with the current state anyway. */
  readonly cursor: string | null;
}

/** The subscription has ended because of an error, which its client must receive. */
export class SubscriptionError extends Error {
  override readonly name = "SubscriptionError";

  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super("a subscription ended with an error");
  }
}

export interface StreamOptions {
  /** The context of the operation that began the subscription. */
  readonly context: Context;
  /** The context of one event. */
  readonly newContext: () => Context;
  /** Called once, when the subscription has ended for any reason. */
  readonly onEnd: (outcome: string) => void;
  /** Called for each result. */
  readonly onResult: () => void;
}

type Step = IteratorResult<SourceEvent, undefined>;

/**
 * The results of a subscription. The next event is executed only when its client takes the next result, so at most one
 * result is in memory.
 */
export class SubscriptionStream implements AsyncGenerator<StreamedResult, undefined> {
  private hasEnded = false;
  private failure: SubscriptionError | undefined;
  /** Ends the wait for the next event. A race with a promise that outlives the wait would keep every event in memory. */
  private interrupt: (() => void) | undefined;

  constructor(
    private readonly started: StartedSubscription,
    private readonly options: StreamOptions,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws SubscriptionError once, if the subscription has ended because of an error. */
  async next(): Promise<IteratorResult<StreamedResult, undefined>> {
    if (!this.hasEnded) {
      const step = await this.nextStep();
      if (step !== undefined && step.done !== true) {
        const value = await this.execute(step.value);
        this.options.onResult();
        return { done: false, value };
      }
      this.end();
    }
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
    return { done: true, value: undefined };
  }

  /** Ends the subscription, because its client or its transport has ended it. */
  return(): Promise<IteratorResult<StreamedResult, undefined>> {
    this.end();
    this.failure = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(): Promise<IteratorResult<StreamedResult, undefined>> {
    return this.return();
  }

  /** Ends the subscription with an error, after the result that is being sent. */
  fail(error: unknown): void {
    if (this.hasEnded) return;
    const { message, extensions } = presentFailure(error, this.options.context);
    this.failure = new SubscriptionError([{ message, extensions }]);
    this.end(extensions.code);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.end();
    return Promise.resolve();
  }

  private end(outcome = "ok"): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.options.onEnd(outcome);
    this.interrupt?.();
    void this.started.source.return?.();
  }

  /** @returns undefined if the subscription was ended instead. */
  private async nextStep(): Promise<Step | undefined> {
    try {
      return await new Promise<Step | undefined>((resolve, reject) => {
        this.interrupt = () => {
          resolve(undefined);
        };
        this.started.source.next().then(resolve, reject);
      });
    } catch (error) {
      this.fail(error);
      return undefined;
    } finally {
      this.interrupt = undefined;
    }
  }

  private async execute({ value, cursor }: SourceEvent): Promise<StreamedResult> {
    const context = this.options.newContext();
    try {
      const { errors, ...rest } = await this.started.execute(value, context);
      const result = errors ? { ...rest, errors: presentAll(errors, context) } : rest;
      return { result, cursor };
    } catch (error) {
      const { message, extensions } = presentFailure(error, context);
      return { result: { errors: [{ message, extensions }] }, cursor };
    } finally {
      context.deadline.meet();
    }
  }
}
