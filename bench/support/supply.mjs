/**
 * Requests made before a round, so that making them takes no time from what is measured. When they
 * are used up, more are made on the way.
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
