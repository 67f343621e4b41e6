import { statfs } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";

const TMPFS = 0x01021994;

/**
 * Describes the machine and versions of a measurement in one line.
 *
 * @param {import("pg").Client} client
 * @param {string} dataDir
 */
export async function describeMachine(client, dataDir) {
  const { rows } = await client.query("show server_version");
  const model = cpus()[0]?.model.trim();
  const parts = [
    `${availableParallelism()} cores${model ? ` (${model})` : ""}`,
    `Node.js ${process.versions.node}`,
    `PostgreSQL ${rows[0].server_version}`,
  ];
  if (process.platform === "linux" && (await statfs(dataDir)).type === TMPFS) {
    parts.push(
      "its data in memory (tmpfs), where commits do not wait for a disk; set TMPDIR to change this",
    );
  }
  return parts.join(", ");
}
