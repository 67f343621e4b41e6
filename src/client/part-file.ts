import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { ClientError } from "./client-error.js";

/** How far a file has been written: everything before `bytes` is whole rows, and `cursor` continues after them. */
export interface PartState {
  /** What is exported, as one text: another export cannot continue the file. */
  readonly source: string;
  /** The SHA-256 of the token: that of another merchant would continue the file with the merchant's rows. */
  readonly tokenSha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly cursor: string | null;
  /** The header, which a continued export must have too. */
  readonly header: string | null;
}

/** What an export is called with. */
export interface PartOptions {
  /** What is exported. */
  readonly source: string;
  readonly token: string;
  readonly resume: boolean;
  readonly replace: boolean;
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
   * @throws ClientError if a file with the name exists and is not to be replaced, if an unfinished one exists and is not
   *   to be resumed, or if there is none that this export can continue.
   */
  static async open(
    path: string,
    { source, token, resume, replace }: PartOptions,
  ): Promise<PartFile> {
    if (!replace && (await exists(path))) {
      throw new ClientError(`${path} exists already. Choose another file, or add --replace.`);
    }
    const part = `${path}.part`;
    const tokenSha256 = createHash("sha256").update(token).digest("hex");
    if (resume) {
      const saved = await readState(part, { source, tokenSha256 });
      return new PartFile(path, await openPart(part, "r+"), saved);
    }
    if (!replace && (await exists(part))) {
      throw new ClientError(
        `${part} is an export that did not end. Continue it with --resume, or begin again with --replace.`,
      );
    }
    await removeState(part);
    const file = await openPart(part, "w");
    const begun = { bytes: 0, rows: 0, cursor: null, header: null };
    return new PartFile(path, file, { source, tokenSha256, ...begun });
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
  advance(to: Omit<PartState, keyof Origin>): void {
    this.saved = { ...this.saved, ...to };
  }

  async save(): Promise<void> {
    await this.file.datasync();
    const state = stateOf(`${this.path}.part`);
    // A crash while it is written must not damage the last state.
    await writeFile(`${state}.new`, JSON.stringify(this.saved), { flush: true });
    await rename(`${state}.new`, state);
  }

  /** Closes the file. One with rows can be continued later; one without is removed. */
  async suspend(): Promise<void> {
    if (this.saved.rows > 0) await this.save();
    await this.file.close();
    if (this.saved.rows > 0) return;
    await rm(`${this.path}.part`, { force: true });
    await removeState(`${this.path}.part`);
  }

  /** Gives the complete file its name. */
  async complete(bytes: number): Promise<void> {
    await this.file.truncate(bytes);
    await this.file.sync();
    await this.file.close();
    await rename(`${this.path}.part`, this.path);
    await removeState(`${this.path}.part`);
  }
}

function stateOf(part: string): string {
  return `${part}.json`;
}

async function removeState(part: string): Promise<void> {
  await rm(stateOf(part), { force: true });
  await rm(`${stateOf(part)}.new`, { force: true });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function openPart(part: string, flags: "r+" | "w"): Promise<FileHandle> {
  return open(part, flags).catch((error: unknown) => {
    throw new ClientError(`${part} cannot be written: ${String(error)}`, { cause: error });
  });
}

/** What must be the same for an export to be continued. */
type Origin = Pick<PartState, "source" | "tokenSha256">;

async function readState(part: string, origin: Origin): Promise<PartState> {
  const text = await readFile(stateOf(part), "utf8").catch(() => null);
  const size = (await stat(part).catch(() => undefined))?.size;
  if (text === null || size === undefined) {
    throw new ClientError(`There is no unfinished export to resume: ${stateOf(part)} is missing.`);
  }
  const state = parseState(text);
  if (state === null || state.bytes > size) {
    throw new ClientError(
      `${state === null ? stateOf(part) : part} is damaged, so the export cannot be continued. Begin again with --replace.`,
    );
  }
  if (state.source !== origin.source) {
    throw new ClientError(
      `${part} is of another export: ${state.source}. Use the same list, filter, sort and server as before, or begin again with --replace.`,
    );
  }
  if (state.tokenSha256 !== origin.tokenSha256) {
    throw new ClientError(
      "The export was begun with another token. Use that token, or begin again with --replace.",
    );
  }
  return state;
}

/** @returns null for a text that `save` did not write. */
function parseState(text: string): PartState | null {
  const state = parseJson(text) as Partial<PartState> | null;
  const isComplete =
    typeof state?.source === "string" &&
    typeof state.tokenSha256 === "string" &&
    Number.isSafeInteger(state.bytes) &&
    Number.isSafeInteger(state.rows) &&
    isTextOrNull(state.cursor) &&
    isTextOrNull(state.header);
  return isComplete ? (state as PartState) : null;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === "string";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
