import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { ClientError } from "./client-error.js";

/** How far a file has been written: everything before `bytes` is whole rows, and `cursor` continues after them. */
export interface PartState {
  /** What is exported, as one text: another export cannot continue the file. */
  readonly source: string;
  readonly bytes: number;
  readonly rows: number;
  readonly cursor: string | null;
  /** The header, which a continued export must have too. */
  readonly header: string | null;
}

/**
 * A file that is not complete yet: `name.part`, and `name.part.json` with how far it is. It gets its name when it is
 * complete, so that a file with this name is never cut off.
 */
export class PartFile {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private saved: PartState,
  ) {}

  /**
   * @param source what is exported.
   * @throws ClientError if a file with the name exists and is not to be replaced, if an unfinished one exists and is not
   *   to be resumed, or if there is none to resume.
   */
  static async open(
    path: string,
    source: string,
    { resume, replace }: { readonly resume: boolean; readonly replace: boolean },
  ): Promise<PartFile> {
    if (!replace && (await exists(path))) {
      throw new ClientError(`${path} exists already. Choose another file, or add --replace.`);
    }
    const part = `${path}.part`;
    if (resume) {
      const saved = await readState(part, source);
      return new PartFile(path, await open(part, "r+"), saved);
    }
    if (!replace && (await exists(part))) {
      throw new ClientError(
        `${part} is an export that did not end. Continue it with --resume, or begin again with --replace.`,
      );
    }
    await rm(stateOf(part), { force: true });
    const file = await open(part, "w").catch((error: unknown) => {
      throw new ClientError(`${part} cannot be written: ${String(error)}`, { cause: error });
    });
    return new PartFile(path, file, { source, bytes: 0, rows: 0, cursor: null, header: null });
  }

  /** How far the file can be continued. */
  get state(): PartState {
    return this.saved;
  }

  /** Removes what came after the state, such as the beginning of a row. */
  async rewind(): Promise<void> {
    await this.file.truncate(this.saved.bytes);
  }

  /** @param at the position in the file. */
  async write(bytes: Uint8Array, at: number): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.file.write(
        bytes,
        written,
        bytes.length - written,
        at + written,
      );
      written += bytesWritten;
    }
  }

  /** Remembers how far the file is. Call `save` to keep it beyond this process. */
  advance(to: Omit<PartState, "source">): void {
    this.saved = { ...to, source: this.saved.source };
  }

  async save(): Promise<void> {
    await this.file.datasync();
    await writeFile(stateOf(`${this.path}.part`), JSON.stringify(this.saved));
  }

  /** Closes the file, which can be continued later if it has any rows, and is removed otherwise. */
  async suspend(): Promise<void> {
    if (this.saved.rows > 0) await this.save();
    await this.file.close();
    if (this.saved.rows > 0) return;
    await rm(`${this.path}.part`, { force: true });
    await rm(stateOf(`${this.path}.part`), { force: true });
  }

  /** Gives the complete file its name. */
  async complete(bytes: number): Promise<void> {
    await this.file.truncate(bytes);
    await this.file.sync();
    await this.file.close();
    await rename(`${this.path}.part`, this.path);
    await rm(stateOf(`${this.path}.part`), { force: true });
  }
}

function stateOf(part: string): string {
  return `${part}.json`;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function readState(part: string, source: string): Promise<PartState> {
  const text = await readFile(stateOf(part), "utf8").catch(() => null);
  const state = text === null ? null : (JSON.parse(text) as PartState);
  if (state === null || !(await exists(part))) {
    throw new ClientError(`There is no unfinished export to resume: ${stateOf(part)} is missing.`);
  }
  if (state.source !== source) {
    throw new ClientError(
      `${part} is of another export: ${state.source}. Use the same list, filter, sort and server as before, or begin again with --replace.`,
    );
  }
  return state;
}
