import { Buffer } from "node:buffer";

const COMMIT_SENT = Buffer.from("Qxxxxcommit\0");
const COMMIT_ANSWERED = Buffer.from("CxxxxCOMMIT\0");
const HEADER_BYTES = 5;

/** Splits a stream of PostgreSQL's protocol into messages. */
export class PostgresMessages {
  #left = Buffer.alloc(0);
  #hasType;

  /** @param {boolean} beginsWithStartup a client's first message has a length and no type. */
  constructor(beginsWithStartup) {
    this.#hasType = !beginsWithStartup;
  }

  /** @returns {Buffer[]} the messages that are now complete. */
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

/** Whether this message is a client's commit, in the form in which node-postgres sends it. */
export function isCommit(message) {
  return isSame(message, COMMIT_SENT);
}

/** Whether PostgreSQL confirms a commit with this message. */
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
