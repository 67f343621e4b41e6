/** What was started and must be stopped, last started first: processes, connections, folders. */
export class Resources {
  #stops = [];
  #closed;

  get isClosing() {
    return this.#closed !== undefined;
  }

  /**
   * Starts something and remembers how to stop it. `start` does not wait for anything, so that a
   * signal never finds something that is started and not remembered.
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

  /** Stops everything, once. What cannot be stopped is reported and keeps nothing else from it. */
  close() {
    this.#closed ??= this.#stopAll();
    return this.#closed;
  }

  async #stopAll() {
    for (const stop of this.#stops.reverse()) {
      try {
        await stop();
      } catch (error) {
        console.error("Something did not stop cleanly:", error);
        process.exitCode = 1;
      }
    }
  }
}
