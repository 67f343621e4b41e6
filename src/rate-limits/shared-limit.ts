import type { Clock } from "../shared/clock.js";
import { RateLimitedError } from "../shared/errors.js";
import { type RateLimit, secondsInWords, windowMsOf } from "../shared/rate-limit.js";
import { startResponseTimeout } from "./response-timeout.js";
import type { SharedUsage, UsageReport, UsageTotal } from "./shared-usage.js";

export interface SharedLimitOptions {
  readonly limit: RateLimit;
  readonly shared: SharedUsage;
  readonly clock: Clock;
  /** The error message. @param count the formatted limit. @param wait the time until a retry, such as `3 seconds`. */
  readonly words: (cost: number, count: string, wait: string) => string;
  readonly onRefused?: (() => void) | undefined;
  /** Called when this process starts to count alone. */
  readonly onError: (error: unknown) => void;
  /** The time that a request waits for the shared count. After it, the process counts alone. */
  readonly timeoutMs?: number | undefined;
}

/** The limit is divided into this many parts. A process may run ahead of the shared count by one part. */
const PARTS = 10;

const TIMEOUT_MS = 250;

/** The usage of one subject in the current window, as known to this process. */
interface Usage {
  /** The usage of all processes, as last returned by the database. */
  counted: number;
  /** The usage of this process in the report that is being sent. */
  sending: number;
  /** The usage of this process that has not been sent yet. Below 0, it is an unused grant. */
  ahead: number;
  /** The total usage of this process, which stays correct if the shared count is lost. */
  own: number;
}

interface WaitingUse {
  readonly subject: string;
  readonly cost: number;
  readonly resume: () => void;
}

/**
 * Limits the usage of each subject per clock window, counted by all processes together. A process may run ahead of the
 * shared count by a tenth of the limit and reports many uses at once, so most requests do not wait. A use that exceeds
 * this tenth first requests a grant.
 *
 * N processes together allow at most limit + (N - 1) × tenth in a window, and one process at most the limit. While the
 * database is unreachable or slow, each process applies the limit alone.
 */
export class SharedLimit {
  private readonly part: number;
  private readonly windowMs: number;
  private window = 0;
  private usages = new Map<string, Usage>();
  /** The subjects that may have unreported usage. */
  private readonly unreported = new Set<string>();
  /** The refused subjects. Their count may be outdated: other processes may have returned unused grants. */
  private readonly refused = new Set<string>();
  private waiting: WaitingUse[] = [];
  private syncing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isAlone = false;
  private forgetAtMs = 0;

  constructor(private readonly options: SharedLimitOptions) {
    this.part = Math.ceil(options.limit.count / PARTS);
    this.windowMs = windowMsOf(options.limit);
  }

  /** @throws RateLimitedError if the cost exceeds the limit. Then nothing is used. */
  async take(subject: string, cost: number): Promise<void> {
    for (;;) {
      const usage = this.usageOf(subject);
      const { counted, sending, ahead, own } = usage;
      if (Math.max(counted + sending + ahead, own) + cost > this.options.limit.count) {
        this.refused.add(subject);
        this.syncSoon();
        throw this.refusal(cost);
      }
      // Do not count grants that are being returned: other processes may already use them.
      const lead = Math.max(0, sending) + ahead + cost;
      if (this.isAlone || lead <= this.part) {
        usage.ahead += cost;
        usage.own += cost;
        this.unreported.add(subject);
        if (!this.isAlone && lead * 2 >= this.part) void this.sync();
        else this.syncSoon();
        return;
      }
      await new Promise<void>((resume) => {
        this.waiting.push({ subject, cost, resume });
        void this.sync();
      });
    }
  }

  /** Reports the remaining usage. */
  async close(): Promise<void> {
    await this.syncing;
    await this.sync();
    clearTimeout(this.timer);
  }

  private usageOf(subject: string): Usage {
    const window = Math.floor(this.nowMs() / this.windowMs);
    if (window !== this.window) {
      this.window = window;
      this.usages = new Map();
      this.unreported.clear();
      this.refused.clear();
    }
    let usage = this.usages.get(subject);
    if (usage === undefined) {
      this.usages.set(subject, (usage = { counted: 0, sending: 0, ahead: 0, own: 0 }));
    }
    return usage;
  }

  private refusal(cost: number): RateLimitedError {
    const { limit, words, onRefused } = this.options;
    onRefused?.();
    const leftMs = this.windowMs - (this.nowMs() % this.windowMs);
    const seconds = Math.ceil(leftMs / 1_000);
    const message = words(cost, limit.count.toLocaleString("en"), secondsInWords(seconds));
    return new RateLimitedError(message, seconds);
  }

  private syncSoon(): void {
    if (this.timer !== undefined || this.syncing !== undefined) return;
    this.timer = setTimeout(() => void this.sync(), Math.min(this.windowMs / PARTS, 1_000));
    this.timer.unref();
  }

  /** Sends one statement for all subjects. Only one runs at a time. */
  private sync(): Promise<void> {
    this.syncing ??= this.syncNow().finally(() => {
      this.syncing = undefined;
      if (this.waiting.length > 0 || (!this.isAlone && this.hasGrantsToReturn())) void this.sync();
      else if (this.unreported.size + this.refused.size > 0) this.syncSoon();
    });
    return this.syncing;
  }

  /** Whether there are unused grants to return. Until then, other processes are refused although the limit has room. */
  private hasGrantsToReturn(): boolean {
    return [...this.unreported].some((subject) => (this.usages.get(subject)?.ahead ?? 0) < 0);
  }

  private async syncNow(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting, usages } = this;
    this.waiting = [];
    const reports = this.reportsWith(waiting);
    const timeoutMs = this.options.timeoutMs ?? TIMEOUT_MS;
    const cancelTimeout = startResponseTimeout(timeoutMs, () => {
      this.countAlone(new Error(`the database did not respond within ${String(timeoutMs)} ms`));
      resumeAll(waiting);
      resumeAll(this.waiting.splice(0));
    });
    try {
      if (reports.length > 0) this.applyTotals(await this.report(reports), usages);
    } catch (error) {
      // It is unknown whether the report was counted. Report it again: it is counted at most twice.
      this.restoreUnsent(reports, usages);
      this.countAlone(error);
    }
    cancelTimeout();
    resumeAll(waiting);
  }

  private report(reports: readonly UsageReport[]): Promise<UsageTotal[]> {
    const { shared, limit } = this.options;
    this.forgetEnded();
    return shared.report(new Date(this.window * this.windowMs), limit.count, reports);
  }

  private applyTotals(totals: readonly UsageTotal[], usages: ReadonlyMap<string, Usage>): void {
    for (const { subject, used, granted } of totals) {
      const usage = usages.get(subject);
      if (usage === undefined) continue;
      usage.counted = used;
      usage.sending = 0;
      usage.ahead -= granted;
      if (usage.ahead !== 0 && usages === this.usages) this.unreported.add(subject);
    }
    this.isAlone = false;
  }

  private restoreUnsent(reports: readonly UsageReport[], usages: ReadonlyMap<string, Usage>): void {
    for (const { subject } of reports) {
      const usage = usages.get(subject);
      if (usage === undefined) continue;
      usage.ahead += usage.sending;
      usage.sending = 0;
      if (usages === this.usages) this.unreported.add(subject);
    }
  }

  private countAlone(error: unknown): void {
    if (!this.isAlone) this.options.onError(error);
    this.isAlone = true;
  }

  private reportsWith(waiting: readonly WaitingUse[]): UsageReport[] {
    const wanted = new Map<string, number>();
    for (const { subject, cost } of waiting) {
      wanted.set(subject, (wanted.get(subject) ?? 0) + cost);
    }
    const reports: UsageReport[] = [];
    for (const subject of new Set([...this.unreported, ...wanted.keys(), ...this.refused])) {
      const usage = this.usages.get(subject);
      // The use has waited since an earlier window. It tries again in the current one.
      if (usage === undefined) continue;
      const report = { subject, spent: usage.ahead, wanted: wanted.get(subject) ?? 0 };
      if (report.spent === 0 && report.wanted === 0 && !this.refused.has(subject)) continue;
      usage.sending = usage.ahead;
      usage.ahead = 0;
      reports.push(report);
    }
    this.unreported.clear();
    this.refused.clear();
    return reports;
  }

  private forgetEnded(): void {
    const nowMs = this.nowMs();
    if (nowMs < this.forgetAtMs) return;
    this.forgetAtMs = nowMs + FORGET_EVERY_MS;
    this.options.shared.forgetEnded().catch(() => undefined); // the next call tries again
  }

  private nowMs(): number {
    return Date.parse(this.options.clock.now());
  }
}

const FORGET_EVERY_MS = 60_000;

function resumeAll(waiting: readonly WaitingUse[]): void {
  for (const one of waiting) one.resume();
}
