import { progressText } from "./progress-text.js";

/** Where progress is shown: stderr, so that it never mixes with results. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const TERMINAL_INTERVAL_MS = 100;
/** Without a terminal, each report is a line of its own, as in the log of a scheduled job. */
const PLAIN_INTERVAL_MS = 10_000;
const DEFAULT_COLUMNS = 80;

/** Shows progress: one line that changes on a terminal, and a line at intervals elsewhere. */
export class ProgressLine {
  private done = 0;
  private total: number | null = null;
  private isDrawn = false;
  private drawnAt: number;
  private readonly begunAt: number;

  constructor(
    /** What is counted, such as `rows`. */
    private readonly unit: string,
    private readonly output: ProgressOutput = process.stderr,
    private readonly now: () => number = () => performance.now(),
    /** What was done before this run. It does not count for the rate. */
    private readonly doneBefore = 0,
  ) {
    this.begunAt = this.now();
    this.drawnAt = this.begunAt - (output.isTTY ? TERMINAL_INTERVAL_MS : 0);
  }

  /** Shows the progress, unless it was shown just before. @param total null while it is unknown. */
  show(done: number, total: number | null): void {
    this.done = done;
    this.total = total;
    const interval = this.output.isTTY ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS;
    if (this.now() - this.drawnAt >= interval) this.draw();
  }

  /** Prints a message for people, above the line of a terminal. */
  print(message: string): void {
    this.clear();
    this.output.write(`${message}\n`);
  }

  /** Removes the line of a terminal, so that other output can follow. */
  clear(): void {
    if (this.isDrawn) this.output.write("\r\u001b[K");
    this.isDrawn = false;
  }

  /** How long the work has taken, in milliseconds. */
  get elapsedMs(): number {
    return this.now() - this.begunAt;
  }

  private draw(): void {
    this.drawnAt = this.now();
    const { unit, elapsedMs, output } = this;
    // Writing in the last column would wrap the line on some terminals.
    const columns = output.isTTY ? (output.columns ?? DEFAULT_COLUMNS) - 1 : DEFAULT_COLUMNS;
    const progress = {
      done: this.done,
      total: this.total,
      before: this.doneBefore,
      elapsedMs,
      unit,
    };
    const text = progressText(progress, columns);
    if (!output.isTTY) {
      output.write(`${text.trimStart()}\n`);
      return;
    }
    output.write(`\r${text}\u001b[K`);
    this.isDrawn = true;
  }
}
