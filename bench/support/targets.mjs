import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatNumber, formatTable } from "./table.mjs";

/**
 * @typedef {object} Target a target of this product, and the measured value.
 * @property {string} name
 * @property {number | null} reached null if it cannot be measured on this machine.
 * @property {number} [least]
 * @property {number} [most]
 * @property {number} [decimals]
 */

/** @param {Target[]} targets */
export function formatTargets(targets) {
  const rows = targets.map(({ name, reached, decimals = 2, ...bounds }) => {
    if (reached === null) return [name, "not measured", ""];
    return [name, formatNumber(reached, decimals), isMet(reached, bounds) ? "met" : "missed"];
  });
  return formatTable(["target", "reached", ""], rows);
}

function isMet(reached, { least = -Infinity, most = Infinity }) {
  return reached >= least && reached <= most;
}

/**
 * Saves what a workload reached in its last full run, and writes the table of all workloads.
 *
 * @param {string} folder
 * @param {string} workload
 * @param {Target[]} targets
 */
export async function saveTargets(folder, workload, targets) {
  const file = join(folder, "targets.json");
  const kept = JSON.parse(await readFile(file, "utf8").catch(() => "{}"));
  kept[workload] = targets;
  await writeFile(file, `${JSON.stringify(kept, undefined, 2)}\n`);
  const all = Object.keys(kept)
    .sort()
    .flatMap((name) => kept[name]);
  await writeFile(join(folder, "targets.md"), `${formatTargets(all)}\n`);
}
