/**
 * Requests that are created before a round, so that their creation does not slow down the measured side. If they run
 * out, more are created during the round.
 *
 * @template T
 */
export class Supply {
  #make;
  #made;

  /**
   * @param {() => T} make
   * @param {number} count
   */
  constructor(make, count) {
    this.#make = make;
    this.#made = Array.from({ length: count }, make);
  }

  /** @returns {T} */
  take() {
    return this.#made.pop() ?? this.#make();
  }
}
