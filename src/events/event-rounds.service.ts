import { runOutsideScopes } from "../observability/tracing/scope.js";
import type { EventSignal } from "./event-signal.service.js";

/** How long to wait after a failure. */
const RETRY_MS = 1_000;

/**
 * Runs rounds of reading, one after the other, while something is followed: after each signal, and whenever one is
 * requested. Signals during a round cause one further round. Rounds take at most half of the time, so that many
 * followers cannot occupy the database.
 */
export class EventRounds {
  private stopListening: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isRunning = false;
  private isRequested = false;

  constructor(
    private readonly signal: Pick<EventSignal, "onSignal">,
    private readonly round: () => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.stopListening ??= runOutsideScopes(() =>
      this.signal.onSignal(() => {
        this.request();
      }),
    );
  }

  stop(): void {
    this.stopListening?.();
    this.stopListening = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isRequested = false;
  }

  /** Requests a round that begins after this call. */
  request(): void {
    this.isRequested = true;
    if (!this.isRunning && this.timer === undefined) void runOutsideScopes(() => this.run());
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    this.isRequested = false;
    const begunAt = performance.now();
    let pauseMs: number;
    try {
      await this.round();
      pauseMs = performance.now() - begunAt;
    } catch (error) {
      this.onError(error);
      this.isRequested = true;
      pauseMs = RETRY_MS;
    }
    this.isRunning = false;
    if (this.stopListening === undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.isRequested) void this.run();
    }, pauseMs).unref();
  }
}
