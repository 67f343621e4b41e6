/** What a process tells the others of one subject, and asks for. */
export interface UsageReport {
  readonly subject: string;
  /** Used since it last told; below 0 it gives back what it was granted and did not use. */
  readonly spent: number;
  /** To be granted beyond that, as far as the limit allows. */
  readonly wanted: number;
}

export interface UsageTotal {
  readonly subject: string;
  /** By all processes, what was granted now included. */
  readonly used: number;
  readonly granted: number;
}

/** Where processes count together. */
export interface SharedUsage {
  report(windowStart: Date, limit: number, reports: readonly UsageReport[]): Promise<UsageTotal[]>;
  /** Drops windows that nobody counts in any more. */
  forgetEnded(): Promise<void>;
}
