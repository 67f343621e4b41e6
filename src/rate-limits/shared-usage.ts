/** A process's report of a subject's usage, with its request for a grant. */
export interface UsageReport {
  readonly subject: string;
  /** The usage since the last report. Below 0, it returns an unused grant. */
  readonly spent: number;
  /** The amount to grant in addition, as far as the limit allows. */
  readonly wanted: number;
}

export interface UsageTotal {
  readonly subject: string;
  /** The usage of all processes, including this grant. */
  readonly used: number;
  readonly granted: number;
}

/** The count that all processes share. */
export interface SharedUsage {
  report(windowStart: Date, limit: number, reports: readonly UsageReport[]): Promise<UsageTotal[]>;
  /** Deletes ended windows. */
  forgetEnded(): Promise<void>;
}
