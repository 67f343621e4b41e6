import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type ParsedTarEntry, createTarDecoder } from "modern-tar";
import {
  BackupError,
  MANIFEST,
  type Manifest,
  type ManifestFile,
  readManifest,
} from "./manifest.js";

/** A name that stays within the folder that it is put into, on any system. */
const NAME = /^(?!.*(?:^|\/)\.\.?(?:\/|$))[\w.-]+(?:\/[\w.-]+)*\/?$/;
const MAX_MANIFEST_BYTES = 256 * 1_024 * 1_024;

/**
 * Puts what a backup holds into an empty folder, and holds every file against the manifest.
 *
 * @throws BackupError when the backup is cut off, changed, or none. What was put there is then of no use.
 */
export async function extract(path: string, folder: string): Promise<Manifest> {
  try {
    return await extractWhole(path, folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new BackupError(`There is no file ${path}.`, { cause: error });
    if (code === "EACCES" || code === "ENOSPC" || code === "EISDIR") throw error;
    throw new BackupError(`${path} is no whole backup: ${message}. Nothing was restored from it.`, {
      cause: error,
    });
  }
}

async function extractWhole(path: string, folder: string): Promise<Manifest> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on("error", (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  const entries = Readable.toWeb(gunzip).pipeThrough(createTarDecoder({ strict: true }));
  const found: ManifestFile[] = [];
  let manifest: Manifest | undefined;
  try {
    for await (const entry of entries) {
      const { name, type = "file" } = entry.header;
      if (manifest !== undefined) throw new BackupError("something lies behind its manifest");
      if (!NAME.test(name))
        throw new BackupError(`${JSON.stringify(name)} is no name of a backup's`);
      if (type === "directory") {
        await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
        await entry.body.cancel();
      } else if (type !== "file") throw new BackupError(`${name} is neither a file nor a folder`);
      else if (name === MANIFEST) manifest = readManifest(await readText(entry));
      else found.push(await extractFile(entry, join(folder, name)));
    }
  } finally {
    file.destroy();
  }
  if (manifest === undefined) throw new BackupError("it has no manifest, which is its last part");
  requireSame(found, manifest.files);
  return manifest;
}

async function readText({ header, body }: ParsedTarEntry): Promise<string> {
  if (header.size > MAX_MANIFEST_BYTES) throw new BackupError("its manifest is too large");
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function extractFile({ header, body }: ParsedTarEntry, path: string): Promise<ManifestFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const digest = createHash("sha256");
  const file = await open(path, "wx", 0o600);
  let bytes = 0;
  try {
    for await (const chunk of body) {
      digest.update(chunk);
      bytes += chunk.length;
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
  return { name: header.name, bytes, sha256: digest.digest("hex") };
}

function requireSame(found: readonly ManifestFile[], named: readonly ManifestFile[]): void {
  const left = new Map(found.map((file) => [file.name, file]));
  for (const { name, bytes, sha256 } of named) {
    const file = left.get(name);
    if (file?.bytes !== bytes || file.sha256 !== sha256) {
      throw new BackupError(`${name} is not in it as the manifest has it`);
    }
    left.delete(name);
  }
  const [more] = left.keys();
  if (more !== undefined)
    throw new BackupError(`the manifest does not name ${more}, which is in it`);
}
