import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileRow } from "./import-row.js";

const READ_BYTES = 65_536;
const ONLY_OWNER = 0o600;

/** The rows of a file on disk, because a file is checked to its end before its first row is used. */
export class ImportSpool {
  private size = 0;

  private constructor(private readonly file: FileHandle) {}

  /** Creates a file without a name, which the operating system removes in every case, even if the process is killed. */
  static async create(): Promise<ImportSpool> {
    const path = join(tmpdir(), `pocketcharge-import-${randomUUID()}`);
    const file = await open(path, "wx+", ONLY_OWNER);
    await rm(path);
    return new ImportSpool(file);
  }

  async add(rows: readonly FileRow[]): Promise<void> {
    const lines = rows.map(({ line, row, cells }) => `${JSON.stringify([line, row, ...cells])}\n`);
    const bytes = Buffer.from(lines.join(""));
    await this.file.appendFile(bytes);
    this.size += bytes.length;
  }

  /** The rows in their order, one piece of the file at a time. */
  async *rows(): AsyncGenerator<FileRow[]> {
    const bytes = Buffer.alloc(READ_BYTES);
    let left: Buffer = Buffer.alloc(0);
    for (let at = 0; at < this.size;) {
      const { bytesRead } = await this.file.read(bytes, 0, READ_BYTES, at);
      if (bytesRead === 0)
        throw new Error("the file of an import is shorter than its written rows");
      at += bytesRead;
      const piece = Buffer.concat([left, bytes.subarray(0, bytesRead)]);
      const end = piece.lastIndexOf("\n") + 1;
      left = piece.subarray(end);
      if (end > 0)
        yield piece
          .toString("utf8", 0, end - 1)
          .split("\n")
          .map(rowOf);
    }
  }

  /** Removes the file. */
  close(): Promise<void> {
    return this.file.close();
  }
}

function rowOf(text: string): FileRow {
  const [line, row, ...cells] = JSON.parse(text) as [number, number, ...string[]];
  return { line, row, cells };
}
