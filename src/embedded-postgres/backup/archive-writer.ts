import { createHash, type Hash } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { createTarPacker } from "modern-tar";
import type { ManifestFile } from "./manifest.js";

const CHUNK_BYTES = 256 * 1_024;

/** The fastest level. Higher ones take several times as long and save little. */
const COMPRESSION_LEVEL = 1;

/** Writes a compressed tar archive and records the size and hash of each file. */
export class ArchiveWriter {
  readonly files: ManifestFile[] = [];
  private readonly packer = createTarPacker();
  private readonly digest = createHash("sha256");
  private readonly gzip = createGzip({ level: COMPRESSION_LEVEL });
  private readonly written: Promise<void>;

  /** @param path a file that does not exist yet. It is readable only by its owner. */
  constructor(path: string) {
    const out = createWriteStream(path, { mode: 0o600, flags: "wx", flush: true });
    this.gzip.on("data", (chunk: Buffer) => this.digest.update(chunk));
    const source = Readable.fromWeb(this.packer.readable);
    // An error downstream also fails the packer, so that the next call that adds a file throws it.
    source.on("error", (error) => this.gzip.destroy(error));
    this.gzip.on("error", (error) => {
      out.destroy(error);
      this.packer.controller.error(error);
    });
    out.on("error", (error) => this.gzip.destroy(error));
    source.pipe(this.gzip).pipe(out);
    this.written = finished(out);
    this.written.catch(() => undefined);
  }

  async addFolder(name: string): Promise<void> {
    await this.packer.controller
      .add({ name: `${name}/`, type: "directory", size: 0, mode: 0o700 })
      .close();
  }

  async addText(name: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    await this.add(name, bytes.length, async (write) => {
      await write(bytes);
    });
  }

  /**
   * Adds a file that may be written, truncated or removed at the same time. The entry has the file's size when it
   * was opened, with zeros for truncated data. A missing file is skipped.
   *
   * @returns whether the file existed.
   */
  async addFile(name: string, path: string): Promise<boolean> {
    const file = await openIfThere(path);
    if (file === undefined) return false;
    try {
      const { size } = await file.stat();
      await this.add(name, size, async (write) => {
        for (let at = 0; at < size; at += CHUNK_BYTES) {
          await write(await readExactly(file, at, Math.min(CHUNK_BYTES, size - at)));
        }
      });
      return true;
    } finally {
      await file.close();
    }
  }

  /**
   * Adds a small file in a consistent state: reads it until two reads agree, so that neither has seen a partial
   * write.
   */
  async addWhole(name: string, path: string): Promise<void> {
    for (let before = await readFile(path); ;) {
      const now = await readFile(path);
      if (now.equals(before)) {
        await this.add(name, now.length, (write) => write(now));
        return;
      }
      before = now;
    }
  }

  /** Resolves when everything is flushed to the disk. @returns the SHA-256 of the whole archive. */
  async finish(): Promise<string> {
    this.packer.controller.finalize();
    await this.written;
    return this.digest.digest("hex");
  }

  /** Aborts writing. */
  async abort(): Promise<void> {
    this.gzip.destroy();
    await this.written.catch(() => undefined);
  }

  private async add(
    name: string,
    bytes: number,
    write: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const entry = this.packer.controller
      .add({ name, size: bytes, type: "file", mode: 0o600 })
      .getWriter();
    const digest: Hash = createHash("sha256");
    await write(async (chunk) => {
      digest.update(chunk);
      await entry.write(chunk);
    });
    await entry.close();
    this.files.push({ name, bytes, sha256: digest.digest("hex") });
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function readExactly(file: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  for (let filled = 0; filled < bytes;) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer;
}
