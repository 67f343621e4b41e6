// npm run bench -- [workload …] [--quick]: measures, prints each table, writes it to bench/results.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Resources } from "./support/resources.mjs";
import { closeOnSignals } from "./support/signals.mjs";
import { saveTargets } from "./support/targets.mjs";
import { chargePockets } from "./workloads/charge-pockets.mjs";
import { choices } from "./workloads/choices.mjs";
import { cores } from "./workloads/cores.mjs";
import { cost } from "./workloads/cost.mjs";
import { firstMinutes } from "./workloads/first-minutes.mjs";
import { growth } from "./workloads/growth.mjs";
import { payments } from "./workloads/payments.mjs";
import { reads } from "./workloads/reads.mjs";
import { settings } from "./workloads/settings.mjs";
import { soak } from "./workloads/soak.mjs";
import { spending } from "./workloads/spending.mjs";
import { start } from "./workloads/start.mjs";
import { statements } from "./workloads/statements.mjs";
import { subscribers } from "./workloads/subscribers.mjs";
import { stacks } from "./workloads/stacks.mjs";

/**
 * @typedef {object} Workload
 * @property {string} name its name on the command line, and of its results file.
 * @property {boolean} [isLong] whether it runs only if it is named.
 * @property {(options: WorkloadOptions) => Promise<string | Results>} measure returns Markdown, or Markdown
 *   with additional results.
 *
 * @typedef {object} Results
 * @property {string} markdown
 * @property {string} [svg] a chart of the results.
 * @property {import("./support/targets.mjs").Target[]} [targets]
 *
 * @typedef {object} WorkloadOptions
 * @property {boolean} isQuick few and short rounds, to test that it works; the measurements are rough.
 * @property {Resources} resources tracks everything that must be stopped at the end.
 * @property {(line: string) => void} report prints the progress.
 */

/** @type {Workload[]} */
const WORKLOADS = [
  start,
  firstMinutes,
  cost,
  stacks,
  chargePockets,
  spending,
  statements,
  reads,
  payments,
  subscribers,
  growth,
  soak,
  choices,
  cores,
  settings,
];
const RESULTS = join(import.meta.dirname, "results");

async function main({ workloads, isQuick }) {
  for (const { name, measure } of workloads) {
    const resources = new Resources();
    const stopOnSignal = closeOnSignals(resources);
    try {
      const report = (line) => console.error(`${name}: ${line}`);
      const results = await measure({ isQuick, resources, report });
      const { markdown, svg, targets } =
        typeof results === "string" ? { markdown: results } : results;
      // Do not keep the rough measurements of quick rounds.
      if (!isQuick) {
        await mkdir(RESULTS, { recursive: true });
        await writeFile(join(RESULTS, `${name}.md`), markdown);
        if (svg !== undefined) await writeFile(join(RESULTS, `${name}.svg`), svg);
        if (targets !== undefined) await saveTargets(RESULTS, name, targets);
      }
      console.log(`\n${markdown}`);
    } finally {
      await resources.close();
      stopOnSignal.remove();
    }
  }
}

function readCommandLine() {
  const { values, positionals } = parseArgs({
    options: { quick: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !WORKLOADS.some((workload) => workload.name === name));
  if (unknown !== undefined) throw new Error(`Unknown workload ${unknown}.`);
  const isWanted = ({ name, isLong = false }) =>
    positionals.includes(name) || (positionals.length === 0 && !isLong);
  return { workloads: WORKLOADS.filter(isWanted), isQuick: values.quick };
}

let commandLine;
try {
  commandLine = readCommandLine();
} catch (error) {
  const names = WORKLOADS.map(({ name }) => name).join(", ");
  console.error(`${error.message}\nUsage: npm run bench -- [workload …] [--quick]`);
  console.error(
    `Workloads: ${names}. By default, all except growth, soak, choices, cores and settings, which take long.`,
  );
  process.exit(2);
}
try {
  await main(commandLine);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
