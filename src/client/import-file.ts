import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { ClientError } from "./client-error.js";

/**
 * A file that is sent again after a failure. Other bytes would be another import, which makes rows twice, so the file
 * must not change from the first attempt on.
 */
export class ImportFile {
  private first: string | undefined;
  private sha256: string | undefined;
  private failed: ClientError | undefined;

  constructor(readonly path: string) {}

  /** Why the file could not be read to its end. `fetch` reports only that the request failed. */
  get failure(): ClientError | undefined {
    return this.failed;
  }

  /**
   * Compares the file with what it was at the first call.
   *
   * @returns its size in bytes.
   * @throws ClientError if it has changed, or cannot be read.
   */
  async check(): Promise<number> {
    const stats = await stat(this.path, { bigint: true }).catch((error: unknown) => {
      throw this.unreadable(error);
    });
    // A pipe cannot be read again after a failure.
    if (!stats.isFile()) throw new ClientError(`${this.path} is not a regular file.`);
    const { dev, ino, size, mtimeNs } = stats;
    const found = [dev, ino, size, mtimeNs].join(" ");
    this.first ??= found;
    if (found !== this.first) throw changed();
    return Number(size);
  }

  /**
   * The bytes of the file. It is checked before they end, because the server makes no row before the end of the body.
   *
   * @param onSent receives how many bytes were taken.
   */
  async *read(onSent: (bytes: number) => void): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    let sent = 0;
    try {
      for await (const piece of createReadStream(this.path) as AsyncIterable<Uint8Array>) {
        hash.update(piece);
        yield piece;
        sent += piece.length;
        onSent(sent);
      }
      await this.check();
      // Some programs keep the time of a file that they change.
      const sha256 = hash.digest("hex");
      this.sha256 ??= sha256;
      if (sha256 !== this.sha256) throw changed();
    } catch (error) {
      this.failed = error instanceof ClientError ? error : this.unreadable(error);
      throw this.failed;
    }
  }

  private unreadable(error: unknown): ClientError {
    const reason = error instanceof Error ? error.message : String(error);
    return new ClientError(`${this.path} cannot be read: ${reason}.`, { cause: error });
  }
}

function changed(): ClientError {
  return new ClientError(
    "The file changed since the import began. Some of its rows may be made. Restore the file and import it again to continue: a changed file is another import, and makes rows without a token again.",
  );
}
