/** Started processes, connections and folders, which are stopped in reverse order. */
export class Resources {
  #stops = [];
  #closed;

  get isClosing() {
    return this.#closed !== undefined;
  }

  /**
   * Starts something and records how to stop it. `start` is synchronous, so that a signal never arrives
   * between the start and its recording.
   *
   * @template T
   * @param {() => T} start
   * @param {(started: T) => unknown} stop
   * @returns {T}
   */
  open(start, stop) {
    if (this.isClosing) throw new Error("The benchmark is being stopped.");
    const started = start();
    this.#stops.push(() => stop(started));
    return started;
  }

  /** Stops everything, once. Failures are reported and do not affect the rest. */
  close() {
    this.#closed ??= this.#stopAll();
    return this.#closed;
  }

  async #stopAll() {
    for (const stop of this.#stops.reverse()) {
      try {
        await stop();
      } catch (error) {
        console.error("A resource did not stop cleanly:", error);
        process.exitCode = 1;
      }
    }
  }
}
