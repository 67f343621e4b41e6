/** Work that waits until the test opens it. */
export class Gate {
  /** How often the work has begun to wait. */
  waiting = 0;
  private readonly waits: (() => void)[] = [];

  readonly pass = (): Promise<void> => {
    this.waiting++;
    return new Promise((resolve) => this.waits.push(resolve));
  };

  /** Lets work continue: by default, what has waited longest. */
  open(index = 0): void {
    for (const resolve of this.waits.splice(index, 1)) resolve();
  }
}
