import { Buffer } from "node:buffer";
import { randomFillSync } from "node:crypto";

const RANDOM_BYTES = 10;
const POOL_BYTES = RANDOM_BYTES * 4_096;

/** Creates version 7 UUIDs for given times, like those of records created at these times. */
export class TimedUuids {
  #pool = Buffer.alloc(POOL_BYTES);
  #used = POOL_BYTES;

  /** @param {number} ms since 1970. */
  of(ms) {
    if (this.#used === POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const random = this.#pool.toString("hex", this.#used, this.#used + RANDOM_BYTES);
    this.#used += RANDOM_BYTES;
    const time = ms.toString(16).padStart(12, "0");
    const version = `7${random.slice(0, 3)}`;
    const variant = `8${random.slice(3, 6)}`;
    return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${variant}-${random.slice(6, 18)}`;
  }
}
