import type { Caller } from "../callers/caller.js";
import type { Context, StartedSubscription, SubscriptionSlot } from "../graphql/context.js";

import type { SubscriptionMetrics } from "../observability/metrics/subscription-metrics.js";
import { Deadline } from "../shared/deadline.js";
import { AppError } from "../shared/errors.js";
import type { SubscriptionLimits } from "../shared/request-limits.js";
import type { OperationResponse } from "./apollo.js";
import type { OperationPipeline, OperationSource } from "./operation-pipeline.js";
import type { SentOperation } from "./sent-operation.js";
import type { Tracing } from "../observability/tracing/tracing.js";
import { traceWork } from "./tracing.js";
import { SubscriptionStream } from "./subscription-stream.js";

/** A transport that can send more than one response. */
export type Transport = "sse" | "websocket";

/** An operation of such a transport. */
export interface StreamedOperation extends Omit<OperationSource, "subscription"> {
  readonly transport: Transport;
  /** The cursor that the client sends when it reconnects; null for none. */
  readonly resumeAfter: string | null;
}

/** Runs the operations of transports that can send more than one response, and limits their subscriptions. */
export class LiveSubscriptions {
  private total = 0;
  private readonly ofToken = new Map<string, number>();

  constructor(
    private readonly pipeline: OperationPipeline,
    private readonly limits: SubscriptionLimits,
    private readonly requestTimeoutMs: number,
    private readonly metrics: SubscriptionMetrics | undefined,
    private readonly tracing: Tracing | undefined,
  ) {}

  /** @returns the response, or the results of the subscription that the operation began. */
  async run(
    read: () => SentOperation,
    { transport, resumeAfter, ...source }: StreamedOperation,
  ): Promise<OperationResponse | SubscriptionStream> {
    let release: (() => void) | undefined;
    const slot: SubscriptionSlot = {
      resumeAfter,
      started: null,
      admit: (caller) => {
        release = this.admit(caller);
      },
      read: async (context, work) => {
        const own = this.newContext(context);
        return own.deadline.race(work(own)).finally(() => {
          own.deadline.meet();
        });
      },
    };
    const run = () => this.pipeline.run(read, { ...source, subscription: slot });
    // An operation over a WebSocket is not part of a request.
    const response = await (transport === "websocket"
      ? traceWork(this.tracing, "WebSocket /graphql", source.origin.requestId, run)
      : run());
    if (slot.started) return this.stream(slot.started, transport, release ?? (() => undefined));
    release?.();
    return response;
  }

  private newContext(context: Context): Context {
    return this.pipeline.renew(context, new Deadline(this.requestTimeoutMs));
  }

  private stream(
    started: StartedSubscription,
    transport: Transport,
    release: () => void,
  ): SubscriptionStream {
    const { context } = started;
    this.metrics?.began(transport);
    return new SubscriptionStream(started, {
      context,
      newContext: () => this.newContext(context),
      runResult: (work) => {
        this.metrics?.result(transport);
        return traceWork(this.tracing, `subscription ${started.field}`, context.requestId, work);
      },
      onEnd: (outcome) => {
        release();
        this.metrics?.ended(transport, outcome);
      },
    });
  }

  /** @returns a function that ends the admission. @throws AppError TOO_MANY_SUBSCRIPTIONS */
  private admit(caller: Caller | null): () => void {
    const { subscriptions, subscriptionsPerToken } = this.limits;
    const tokenId = caller?.tokenId ?? "";
    if (this.total >= subscriptions)
      throw tooMany("This server process has", subscriptions, "Try again later");
    if ((this.ofToken.get(tokenId) ?? 0) >= subscriptionsPerToken)
      throw tooMany("This token has", subscriptionsPerToken, "End one of them first");
    this.count(tokenId, 1);
    return () => {
      this.count(tokenId, -1);
    };
  }

  private count(tokenId: string, change: 1 | -1): void {
    this.total += change;
    const count = (this.ofToken.get(tokenId) ?? 0) + change;
    if (count === 0) this.ofToken.delete(tokenId);
    else this.ofToken.set(tokenId, count);
  }
}

function tooMany(who: string, limit: number, advice: string): AppError {
  const count = limit.toLocaleString("en");
  const message = `${who} ${count} open subscriptions, which is the maximum. ${advice}.`;
  return new AppError("TOO_MANY_SUBSCRIPTIONS", message);
}
