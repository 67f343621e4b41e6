import { execFile } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Buffer } from "node:buffer";
import { Stage, requireSingleServer } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

const execute = promisify(execFile);
const DISK_SIZE = "256m";
const BLOCK = Buffer.alloc(64 * 1_024);

/** @type {import("./run.mjs").Fault} */
export const fillDisk = {
  name: "fill-disk",
  does: "the disk of the embedded PostgreSQL is full: requests are refused, and succeed again with free space",
  rounds: { full: 3, quick: 1 },
  cannotRun: (options) =>
    process.platform === "linux" && process.getuid() === 0
      ? requireSingleServer(options)
      : "it mounts a disk, which requires root on Linux",
  run,
};

async function run(options) {
  const disk = await mountDisk(options.resources);
  const stage = await Stage.embedded(options, { dataDir: join(disk, "data") });
  const { ledger } = stage;
  const load = stage.startLoad({ pauseMs: 10 });
  const ballast = join(disk, "ballast");
  for (let round = 1; round <= options.rounds; round++) {
    ledger.round = round;
    await load.untilAcknowledged();
    const refusedBefore = ledger.counts.unavailable;
    await fill(ballast);
    await until("requests are refused", () => ledger.counts.unavailable > refusedBefore + 50);
    await rm(ballast);
    await load.untilAcknowledged();
  }
  await load.stop();
  await stage.verify();
}

async function mountDisk(resources) {
  const disk = resources.open(
    () => mkdtempSync(join(tmpdir(), "pocketcharge-disk-")),
    (folder) => rmdirSync(folder),
  );
  await execute("mount", ["-t", "tmpfs", "-o", `size=${DISK_SIZE},mode=755`, "pocketcharge", disk]);
  resources.open(
    () => disk,
    () => execute("umount", ["--lazy", disk]),
  );
  return disk;
}

/** Writes until there is no space left, not even for one PostgreSQL block. */
async function fill(file) {
  const handle = await open(file, "w");
  try {
    for (;;) await handle.write(BLOCK);
  } catch (error) {
    if (error.code !== "ENOSPC") throw error;
  } finally {
    await handle.close();
  }
}
