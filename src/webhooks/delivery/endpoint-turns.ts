import type { EndpointKey } from "./webhook-attempt.js";

/** A turn at the queue of an endpoint, with the work that has gathered for it. */
export interface EndpointTurn<W> {
  readonly key: EndpointKey;
  readonly work: readonly W[];
}

/**
 * Runs the turns of one server: at most one at a time for an endpoint, and a bounded number in all, in the order in
 * which they were requested. What is requested for an endpoint meanwhile is one turn.
 */
export class EndpointTurns<W> {
  private readonly waiting = new Map<string, { readonly key: EndpointKey; readonly work: W[] }>();
  private readonly running = new Map<string, Promise<void>>();

  /** @param run must not fail. */
  constructor(
    private readonly maxRunning: number,
    private readonly run: (turn: EndpointTurn<W>) => Promise<void>,
  ) {}

  request(key: EndpointKey, ...work: readonly W[]): void {
    const { merchantId, id } = key;
    const turn = this.waiting.get(id) ?? { key: { merchantId, id }, work: [] };
    turn.work.push(...work);
    this.waiting.set(id, turn);
    this.start();
  }

  /** Waits until no turn is running or waiting. */
  async finish(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private start(): void {
    for (const [id, turn] of this.waiting) {
      if (this.running.size >= this.maxRunning) return;
      if (this.running.has(id)) continue;
      this.waiting.delete(id);
      const ended = this.run(turn).then(() => {
        this.running.delete(id);
        this.start();
      });
      this.running.set(id, ended);
    }
  }
}
