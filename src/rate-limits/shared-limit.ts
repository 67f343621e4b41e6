import type { Clock } from "../shared/clock.js";
import { RateLimitedError } from "../shared/errors.js";
import { type RateLimit, secondsInWords, windowMsOf } from "../shared/rate-limit.js";
import { startPatience } from "./patience.js";
import type { SharedUsage, UsageReport, UsageTotal } from "./shared-usage.js";

export interface SharedLimitOptions {
  readonly limit: RateLimit;
  readonly shared: SharedUsage;
  readonly clock: Clock;
  /** @param count of the limit, in digits for people; @param wait such as `3 seconds`. */
  readonly words: (cost: number, count: string, wait: string) => string;
  readonly onRefused?: (() => void) | undefined;
  /** Told when this process begins to count alone. */
  readonly onError: (error: unknown) => void;
  /** How long a request waits for the shared count; from then on the process counts alone. */
  readonly patienceMs?: number | undefined;
}

/** A process goes this far ahead of the shared count before it asks: a tenth of the limit. */
const PARTS = 10;

const PATIENCE_MS = 250;

/** What one subject used in the present window, as far as this process knows. */
interface Usage {
  /** By all processes, when the database last told. */
  counted: number;
  /** By this one, on its way to the database. */
  sending: number;
  /** By this one, to be sent; below 0 it was granted and is not used yet. */
  ahead: number;
  /** By this one in all, which no loss of the shared count makes less. */
  own: number;
}

interface Asking {
  readonly subject: string;
  readonly cost: number;
  readonly answer: () => void;
}

/**
 * Lets each subject have so much in each window of the clock, counted by all processes together. A
 * process runs ahead of the shared count by a tenth of the limit at most, and tells it many uses at
 * once: a usual request waits for nothing. What does not fit into that tenth is asked for before.
 *
 * So N processes together let through at most limit + (N - 1) × tenth in a window, one process no
 * more than the limit. While the database is away or late, each keeps the limit by itself.
 */
export class SharedLimit {
  private readonly part: number;
  private readonly windowMs: number;
  private window = 0;
  private usages = new Map<string, Usage>();
  /** The subjects of which there may be something to tell. */
  private readonly untold = new Set<string>();
  /** The subjects that were refused: others may have given back since what the database told last. */
  private readonly doubted = new Set<string>();
  private asking: Asking[] = [];
  private telling: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isAlone = false;
  private forgetAtMs = 0;

  constructor(private readonly options: SharedLimitOptions) {
    this.part = Math.ceil(options.limit.count / PARTS);
    this.windowMs = windowMsOf(options.limit);
  }

  /** @throws RateLimitedError when it would be too much; nothing is used up then. */
  async take(subject: string, cost: number): Promise<void> {
    for (;;) {
      const usage = this.usageOf(subject);
      const { counted, sending, ahead, own } = usage;
      if (Math.max(counted + sending + ahead, own) + cost > this.options.limit.count) {
        this.doubted.add(subject);
        this.tellSoon();
        throw this.refusal(cost);
      }
      // What is being given back may be others' already.
      const lead = Math.max(0, sending) + ahead + cost;
      if (this.isAlone || lead <= this.part) {
        usage.ahead += cost;
        usage.own += cost;
        this.untold.add(subject);
        if (!this.isAlone && lead * 2 >= this.part) void this.tell();
        else this.tellSoon();
        return;
      }
      await new Promise<void>((answer) => {
        this.asking.push({ subject, cost, answer });
        void this.tell();
      });
    }
  }

  /** Tells the others what is left to tell. */
  async close(): Promise<void> {
    await this.telling;
    await this.tell();
    clearTimeout(this.timer);
  }

  private usageOf(subject: string): Usage {
    const window = Math.floor(this.nowMs() / this.windowMs);
    if (window !== this.window) {
      this.window = window;
      this.usages = new Map();
      this.untold.clear();
      this.doubted.clear();
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

  private tellSoon(): void {
    if (this.timer !== undefined || this.telling !== undefined) return;
    this.timer = setTimeout(() => void this.tell(), Math.min(this.windowMs / PARTS, 1_000));
    this.timer.unref();
  }

  /** One statement for all subjects, and one at a time. */
  private tell(): Promise<void> {
    this.telling ??= this.tellNow().finally(() => {
      this.telling = undefined;
      if (this.asking.length > 0 || (!this.isAlone && this.hasToGiveBack())) void this.tell();
      else if (this.untold.size + this.doubted.size > 0) this.tellSoon();
    });
    return this.telling;
  }

  /** Until it is given back, others are refused what nobody uses. */
  private hasToGiveBack(): boolean {
    return [...this.untold].some((subject) => (this.usages.get(subject)?.ahead ?? 0) < 0);
  }

  private async tellNow(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { asking, usages } = this;
    this.asking = [];
    const reports = this.reportsWith(asking);
    const patienceMs = this.options.patienceMs ?? PATIENCE_MS;
    const endPatience = startPatience(patienceMs, () => {
      this.countAlone(new Error(`the database did not answer within ${String(patienceMs)} ms`));
      answer(asking);
      answer(this.asking.splice(0));
    });
    try {
      if (reports.length > 0) this.hear(await this.report(reports), usages);
    } catch (error) {
      // Whether it was counted is unknown: told again, it is counted twice at most.
      this.takeBack(reports, usages);
      this.countAlone(error);
    }
    endPatience();
    answer(asking);
  }

  private report(reports: readonly UsageReport[]): Promise<UsageTotal[]> {
    const { shared, limit } = this.options;
    this.forgetEnded();
    return shared.report(new Date(this.window * this.windowMs), limit.count, reports);
  }

  private hear(totals: readonly UsageTotal[], usages: ReadonlyMap<string, Usage>): void {
    for (const { subject, used, granted } of totals) {
      const usage = usages.get(subject);
      if (usage === undefined) continue;
      usage.counted = used;
      usage.sending = 0;
      usage.ahead -= granted;
      if (usage.ahead !== 0 && usages === this.usages) this.untold.add(subject);
    }
    this.isAlone = false;
  }

  private takeBack(reports: readonly UsageReport[], usages: ReadonlyMap<string, Usage>): void {
    for (const { subject } of reports) {
      const usage = usages.get(subject);
      if (usage === undefined) continue;
      usage.ahead += usage.sending;
      usage.sending = 0;
      if (usages === this.usages) this.untold.add(subject);
    }
  }

  private countAlone(error: unknown): void {
    if (!this.isAlone) this.options.onError(error);
    this.isAlone = true;
  }

  private reportsWith(asking: readonly Asking[]): UsageReport[] {
    const wanted = new Map<string, number>();
    for (const { subject, cost } of asking) {
      wanted.set(subject, (wanted.get(subject) ?? 0) + cost);
    }
    const reports: UsageReport[] = [];
    for (const subject of new Set([...this.untold, ...wanted.keys(), ...this.doubted])) {
      const usage = this.usages.get(subject);
      // Who asks since the window before asks once more.
      if (usage === undefined) continue;
      const report = { subject, spent: usage.ahead, wanted: wanted.get(subject) ?? 0 };
      if (report.spent === 0 && report.wanted === 0 && !this.doubted.has(subject)) continue;
      usage.sending = usage.ahead;
      usage.ahead = 0;
      reports.push(report);
    }
    this.untold.clear();
    this.doubted.clear();
    return reports;
  }

  private forgetEnded(): void {
    const nowMs = this.nowMs();
    if (nowMs < this.forgetAtMs) return;
    this.forgetAtMs = nowMs + FORGET_EVERY_MS;
    this.options.shared.forgetEnded().catch(() => undefined); // the next time will do
  }

  private nowMs(): number {
    return Date.parse(this.options.clock.now());
  }
}

const FORGET_EVERY_MS = 60_000;

function answer(asking: readonly Asking[]): void {
  for (const one of asking) one.answer();
}
