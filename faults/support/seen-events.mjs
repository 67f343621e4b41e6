/**
 * @typedef {object} SeenEvent
 * @property {string} id
 * @property {number} sequence
 * @property {number | null} previousSequence
 * @property {{ id: string }} subject
 */

/** The selection of the fields that clients check. */
export const SEEN_FIELDS = "id sequence previousSequence subject { id }";

/** The events that one client has received. */
export class SeenEvents {
  /** @type {Set<string>} */
  ids = new Set();
  #last = new Map();
  #ledger;
  #client;

  /**
   * @param {string} client its name in failures.
   * @param {import("./ledger.mjs").Ledger} ledger
   */
  constructor(client, ledger) {
    this.#client = client;
    this.#ledger = ledger;
  }

  /**
   * Takes an event that the client has not received before. It must follow its subject's last one.
   *
   * @param {SeenEvent} event
   */
  take({ id, sequence, previousSequence, subject }) {
    const last = this.#last.get(subject.id) ?? null;
    if (previousSequence !== last) {
      this.#ledger.fail(
        `the ${this.#client} received event ${sequence} of ${subject.id}, which follows ${previousSequence}, after ${last}`,
      );
    }
    this.#last.set(subject.id, sequence);
    this.ids.add(id);
  }

  /** Records every difference from the committed events as a failure. @param {Set<string>} committed */
  compare(committed) {
    const missing = [...committed].filter((id) => !this.ids.has(id));
    const invented = [...this.ids].filter((id) => !committed.has(id));
    for (const id of missing) this.#ledger.fail(`the ${this.#client} has not received ${id}`);
    for (const id of invented)
      this.#ledger.fail(`the ${this.#client} received ${id}, which is not there`);
  }
}
