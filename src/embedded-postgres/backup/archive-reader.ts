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

/** A name that cannot leave the folder that it is extracted to, on any system. */
const NAME = /^(?!.*(?:^|\/)\.\.?(?:\/|$))[\w.-]+(?:\/[\w.-]+)*\/?$/;
const MAX_MANIFEST_BYTES = 256 * 1_024 * 1_024;

/**
 * Extracts a backup into an empty folder and checks every file against the manifest.
 *
 * @throws BackupError if the file is truncated, changed or not a backup. The extracted files are then unusable.
 */
export async function extract(path: string, folder: string): Promise<Manifest> {
  try {
    return await extractWhole(path, folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new BackupError(`The file ${path} does not exist.`, { cause: error });
    if (code === "EACCES" || code === "ENOSPC" || code === "EISDIR") throw error;
    throw new BackupError(`${path} is not a complete backup: ${message}. Nothing was restored.`, {
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
      if (manifest !== undefined) throw new BackupError("it has data after its manifest");
      if (!NAME.test(name))
        throw new BackupError(`${JSON.stringify(name)} is not a valid name in a backup`);
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
  if (manifest === undefined) throw new BackupError("its last part, the manifest, is missing");
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
      throw new BackupError(`${name} differs from the manifest or is missing`);
    }
    left.delete(name);
  }
  const [more] = left.keys();
  if (more !== undefined)
    throw new BackupError(`it contains ${more}, which is not in its manifest`);
}
