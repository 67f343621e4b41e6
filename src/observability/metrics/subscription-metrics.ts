import { Counter, Gauge, type Registry } from "prom-client";
import { outcomeLabel } from "./outcomes.js";

type Transport = "sse" | "websocket";

/** Counts subscriptions and their results. */
export class SubscriptionMetrics {
  private readonly open: Gauge<"transport">;
  private readonly results: Counter<"transport">;
  private readonly ends: Counter<"transport" | "outcome">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.open = new Gauge({
      name: "pocketcharge_subscriptions",
      help: "Open subscriptions, by transport.",
      labelNames: ["transport"],
      registers,
    });
    this.results = new Counter({
      name: "pocketcharge_subscription_results_total",
      help: "Results of subscriptions, by transport.",
      labelNames: ["transport"],
      registers,
    });
    this.ends = new Counter({
      name: "pocketcharge_subscriptions_ended_total",
      help: "Subscriptions that have ended, by transport and outcome: ok, or the code of the error.",
      labelNames: ["transport", "outcome"],
      registers,
    });
  }

  began(transport: Transport): void {
    this.open.inc({ transport });
  }

  result(transport: Transport): void {
    this.results.inc({ transport });
  }

  /** @param outcome `ok` if the client or the server ended it; otherwise the code of the error. */
  ended(transport: Transport, outcome: string): void {
    this.open.dec({ transport });
    this.ends.inc({ transport, outcome: outcomeLabel(outcome) });
  }
}
