import { Buffer } from "node:buffer";

const COMMIT_SENT = Buffer.from("Qxxxxcommit\0");
const COMMIT_ANSWERED = Buffer.from("CxxxxCOMMIT\0");
const HEADER_BYTES = 5;

/** Parts a stream of PostgreSQL's protocol into its messages. */
export class PostgresMessages {
  #left = Buffer.alloc(0);
  #hasType;

  /** @param {boolean} beginsWithStartup a client's first message has a length and no type. */
  constructor(beginsWithStartup) {
    this.#hasType = !beginsWithStartup;
  }

  /** @returns {Buffer[]} the messages that are whole now. */
  read(chunk) {
    const messages = [];
    let bytes = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    for (;;) {
      const typeBytes = this.#hasType ? 1 : 0;
      if (bytes.length < typeBytes + 4) break;
      const length = typeBytes + bytes.readInt32BE(typeBytes);
      if (bytes.length < length) break;
      messages.push(bytes.subarray(0, length));
      bytes = bytes.subarray(length);
      this.#hasType = true;
    }
    this.#left = bytes;
    return messages;
  }
}

/** Whether a client sends its commit with this message, as node-postgres sends a statement without values. */
export function isCommit(message) {
  return isSame(message, COMMIT_SENT);
}

/** Whether PostgreSQL says with this message that it has committed. */
export function isCommitted(message) {
  return isSame(message, COMMIT_ANSWERED);
}

function isSame(message, expected) {
  return (
    message.length === expected.length &&
    message[0] === expected[0] &&
    message.compare(expected, HEADER_BYTES, expected.length, HEADER_BYTES) === 0
  );
}
