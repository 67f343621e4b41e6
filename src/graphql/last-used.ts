/** What is kept for a key: its weight is what it adds to the memory in use. */
interface Weighing {
  readonly weight: number;
}

/**
 * Keeps what was used last, as much of it as a total weight allows. Code compiled from a query takes
 * about twenty times the memory of the query itself, so that no bound on queries bounds it.
 */
export class LastUsed<K, V extends Weighing> {
  private readonly kept = new Map<K, V>();
  private total = 0;

  /**
   * @param onDrop is told of what had to go.
   */
  constructor(
    private readonly maxWeight: number,
    private readonly onDrop: (key: K) => void,
  ) {}

  get(key: K): V | undefined {
    const value = this.kept.get(key);
    if (value !== undefined) {
      // A map is in the order of insertion: the last used is the last.
      this.kept.delete(key);
      this.kept.set(key, value);
    }
    return value;
  }

  /** Keeps what is not kept yet. */
  add(key: K, value: V): void {
    this.kept.set(key, value);
    this.total += value.weight;
    for (const [oldest, { weight }] of this.kept) {
      if (this.total <= this.maxWeight) return;
      this.kept.delete(oldest);
      this.total -= weight;
      this.onDrop(oldest);
    }
  }
}
