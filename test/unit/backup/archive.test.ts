import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { extract } from "../../../src/embedded-postgres/backup/archive-reader.js";
import { ArchiveWriter } from "../../../src/embedded-postgres/backup/archive-writer.js";
import {
  MANIFEST,
  type Manifest,
  writeManifest,
} from "../../../src/embedded-postgres/backup/manifest.js";

const BYTES = 700_000;

let folder: string;
let whole: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pocketcharge-archive-"));
  await writeFile(join(folder, "table"), randomBytes(BYTES));
  const path = join(folder, "whole.tar.gz");
  const archive = new ArchiveWriter(path);
  await archive.addFolder("postgres/pg_wal");
  await archive.addFile("postgres/table", join(folder, "table"));
  await archive.addText("postgres/empty", "");
  await archive.addText(MANIFEST, writeManifest(manifestOf([...archive.files])));
  await archive.finish();
  whole = await readFile(path);
});

afterAll(() => rm(folder, { recursive: true }));

function manifestOf(files: Manifest["files"]): Manifest {
  return {
    ...{ format: 1, createdAt: "2026-11-21T00:00:00.000Z", version: "0.1.0" },
    ...{ platform: "any", postgresVersion: "18.4", migrations: [], bytes: BYTES, files },
  };
}

async function extractFrom(bytes: Uint8Array): Promise<string> {
  const path = join(folder, "changed.tar.gz");
  await writeFile(path, bytes);
  const target = await mkdtemp(join(folder, "out-"));
  await extract(path, target);
  return target;
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

describe("a backup's archive", () => {
  it("is read as written, including folders and empty files", async () => {
    const target = await extractFrom(whole);
    expect((await readdir(join(target, "postgres"))).sort()).toEqual(["empty", "pg_wal", "table"]);
    const table = await readFile(join(target, "postgres/table"));
    expect(table.equals(await readFile(join(folder, "table")))).toBe(true);
  });

  it("is refused when truncated at any point", async () => {
    const lengths = [
      0,
      1,
      17,
      1_000,
      whole.length >> 1,
      ...[9, 8, 4, 1].map((n) => whole.length - n),
    ];
    for (const length of lengths) {
      const reading = extractFrom(whole.subarray(0, length));
      await expect(reading, String(length)).rejects.toThrow(
        /is not a complete backup: .+ Nothing was/,
      );
    }
  });

  it("is refused when a byte was changed, also in the compressed content", async () => {
    for (const share of [0.01, 0.3, 0.6, 0.99]) {
      const at = Math.floor(whole.length * share);
      await expect(extractFrom(flipped(whole, at)), String(at)).rejects.toThrow(
        /not a complete backup/,
      );
    }
    const plain = gunzipSync(whole);
    const places = { table: 2_000, manifest: plain.indexOf("18.4"), name: plain.indexOf("table") };
    for (const [place, at] of Object.entries(places)) {
      const reading = extractFrom(gzipSync(flipped(plain, at)));
      await expect(reading, place).rejects.toThrow(/not a complete backup/);
    }
  });

  it.each([
    ["a file above its folder", "../above"],
    ["a file elsewhere", "/etc/above"],
    ["a file above it by a detour", "postgres/../../above"],
  ])("is refused with %s", async (_, name) => {
    const tar = await packTar([{ header: { name, size: 1 }, body: "x" }]);
    await expect(extractFrom(gzipSync(tar))).rejects.toThrow(/is not a valid name in a backup/);
    expect(await readdir(tmpdir())).not.toContain("above");
  });

  it("is refused with more or fewer files than in its manifest", async () => {
    const text = (files: Manifest["files"]) => {
      const body = writeManifest(manifestOf(files));
      return { header: { name: MANIFEST, size: Buffer.byteLength(body) }, body };
    };
    const more = await packTar([{ header: { name: "more", size: 1 }, body: "x" }, text([])]);
    await expect(extractFrom(gzipSync(more))).rejects.toThrow(/it contains more/);
    const less = await packTar([text([{ name: "less", bytes: 1, sha256: "0".repeat(64) }])]);
    await expect(extractFrom(gzipSync(less))).rejects.toThrow(/less differs from the manifest/);
    const none = await packTar([{ header: { name: "more", size: 1 }, body: "x" }]);
    await expect(extractFrom(gzipSync(none))).rejects.toThrow(/the manifest, is missing/);
  });

  it("pads a file that shrinks while it is read, and skips a missing one", async () => {
    const shrinking = join(folder, "shrinking");
    await writeFile(shrinking, randomBytes(BYTES));
    const path = join(folder, "shrinking.tar.gz");
    const archive = new ArchiveWriter(path);
    const adding = archive.addFile("shrinking", shrinking);
    await truncate(shrinking, 10);
    expect(await adding).toBe(true);
    expect(await archive.addFile("gone", join(folder, "gone"))).toBe(false);
    expect(archive.files.map(({ name }) => name)).toEqual(["shrinking"]);
    await archive.addText(MANIFEST, writeManifest(manifestOf([...archive.files])));
    await archive.finish();
    await extractFrom(await readFile(path));
  });
});
