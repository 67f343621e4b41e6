import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { ClientError } from "./client-error.js";

/** The file with the results of an import. It is `name.part` until it is complete. */
export class ImportResults {
  private file: WriteStream | undefined;
  private failure: Error | undefined;

  private constructor(
    private readonly path: string,
    private readonly replace: boolean,
  ) {}

  /**
   * Writes nothing yet.
   *
   * @param input the path of the file that is imported.
   * @throws ClientError if the results would overwrite it, or another file that is not to be replaced.
   */
  static async at(
    path: string,
    { input, replace }: { readonly input: string; readonly replace: boolean },
  ): Promise<ImportResults> {
    const imported = await found(input);
    for (const written of [path, partOf(path)]) {
      const file = await found(written);
      if (file === undefined) continue;
      // The same file may have several paths.
      if (file.ino === imported?.ino && file.dev === imported.dev) {
        throw new ClientError(
          `The results would overwrite the file that is imported, ${written}. Choose another file for --results.`,
        );
      }
      if (!file.isFile()) throw new ClientError(`${written} is not a regular file.`);
      if (!replace) {
        throw new ClientError(
          `${written} exists already. Choose another file for --results, or add --replace.`,
        );
      }
    }
    return new ImportResults(path, replace);
  }

  /** Opens the file. @throws ClientError if it cannot be written. */
  async begin(): Promise<void> {
    this.failure = undefined;
    const file = createWriteStream(partOf(this.path), { flags: this.replace ? "w" : "wx" });
    file.on("error", (error) => (this.failure ??= error));
    await once(file, "open").catch((error: unknown) => {
      throw this.unwritable(error);
    });
    this.file = file;
  }

  write(text: string): void {
    this.file?.write(text);
  }

  /** @throws ClientError if anything could not be written. */
  check(): void {
    if (this.failure !== undefined) throw this.unwritable(this.failure);
  }

  /** Gives the file its name. @throws ClientError if it cannot be written. */
  async complete(): Promise<void> {
    this.check();
    const { file } = this;
    if (file === undefined) return;
    try {
      file.end();
      await once(file, "close");
      await rename(partOf(this.path), this.path);
      this.file = undefined;
    } catch (error) {
      throw this.unwritable(error);
    }
  }

  /** Removes a file that is not complete. */
  async discard(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    if (file === undefined) return;
    if (!file.closed) {
      // Not `events.once`: what was not written yet fails then.
      const closed = new Promise<void>((resolve) =>
        file.once("close", () => {
          resolve();
        }),
      );
      file.destroy();
      await closed;
    }
    await rm(partOf(this.path), { force: true });
  }

  private unwritable(error: unknown): ClientError {
    const reason = error instanceof Error ? error.message : String(error);
    return new ClientError(`The results cannot be written to ${this.path}: ${reason}.`, {
      cause: error,
    });
  }
}

function partOf(path: string): string {
  return `${path}.part`;
}

async function found(path: string) {
  return stat(path, { bigint: true }).catch(() => undefined);
}
