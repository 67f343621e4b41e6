import { createHash } from "node:crypto";
import type { UuidV7 } from "../shared/uuid.js";

/** The most rows of a file. Their numbers have 24 bits of the tokens. */
export const MAX_ROWS = 2 ** 24 - 1;

/** The parts of a token, in hexadecimal digits. */
const TIME_DIGITS = 12;
const ROW_DIGITS = 6;

/**
 * The tokens of an import's rows that have none. A row always has the same token, so importing the file again does
 * nothing twice. The tokens are UUIDs of version 7 with the time of the import, followed by the number of the row, so
 * that they are adjacent in the database's index. 50 bits come from a secret seed: other clients cannot guess a token
 * and use it first.
 */
export class ImportTokens {
  private readonly time: string;

  /** @param createdAtMs when the import was created, in milliseconds since 1970. */
  constructor(
    private readonly seed: Buffer,
    createdAtMs: number,
  ) {
    this.time = createdAtMs.toString(16).padStart(TIME_DIGITS, "0");
  }

  /** @param row the number of the row in the file, from 1 to `MAX_ROWS`. */
  tokenOf(row: number): UuidV7 {
    const number = row.toString(16).padStart(ROW_DIGITS, "0");
    const hash = createHash("sha256").update(this.seed).update(number).digest("hex");
    const { time } = this;
    // The two bits of the variant, then two random ones.
    const variant = (8 + (Number.parseInt(hash.charAt(0), 16) % 4)).toString(16);
    const parts = [
      time.slice(0, 8),
      time.slice(8),
      `7${number.slice(0, 3)}`,
      variant + number.slice(3),
      hash.slice(1, 13),
    ];
    return parts.join("-") as UuidV7;
  }
}
