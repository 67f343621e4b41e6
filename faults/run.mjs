// npm run faults -- [fault …] [--quick] [--seed n] [--rounds n] [--lanes n] [--servers n]: injects faults into real
// servers under load, and verifies that every response to a client was true.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { Resources } from "../bench/support/resources.mjs";
import { closeOnSignals } from "../bench/support/signals.mjs";
import { cutCommits } from "./cut-commits.mjs";
import { crowd } from "./crowd.mjs";
import { failingTransactions } from "./failing-transactions.mjs";
import { fillDisk } from "./fill-disk.mjs";
import { killPostgres } from "./kill-postgres.mjs";
import { killServer, killServerExternal } from "./kill-server.mjs";
import { refusingLine, silentLine, slowLine } from "./break-line.mjs";
import { moveClock } from "./move-clock.mjs";
import { oneToken } from "./one-token.mjs";
import { oppositeBatches } from "./opposite-batches.mjs";
import { slowClients } from "./slow-clients.mjs";
import { stopServer } from "./stop-server.mjs";
import { Ledger } from "./support/ledger.mjs";
import { Random } from "./support/random.mjs";
import { terminateConnections } from "./terminate-connections.mjs";

/**
 * @typedef {object} Fault
 * @property {string} name its name on the command line.
 * @property {string} does
 * @property {{ full: number, quick: number }} rounds
 * @property {string} [unit] the unit of its rounds, if they are not called rounds.
 * @property {(options: { serverCount?: number }) => string | undefined} [cannotRun] the reason why it cannot run on
 *   this machine or with this number of servers, if there is one.
 * @property {(options: FaultOptions) => Promise<string | undefined>} run returns additional text for the report.
 *
 * @typedef {object} FaultOptions
 * @property {number} rounds
 * @property {number} [serverCount] the number of servers on the database; by default the fault's own number.
 * @property {Random} random
 * @property {Ledger} ledger
 * @property {Resources} resources tracks everything that must be stopped at the end.
 */

/** The slowest faults come first, so that all lanes end at about the same time. @type {Fault[]} */
const FAULTS = [
  killServer,
  killServerExternal,
  killPostgres,
  silentLine,
  terminateConnections,
  oneToken,
  stopServer,
  failingTransactions,
  cutCommits,
  oppositeBatches,
  crowd,
  slowClients,
  slowLine,
  refusingLine,
  fillDisk,
  moveClock,
];

const MAX_LINE = 2_000;
const MAX_SEED = 2 ** 31;

/** The number of faults that run in parallel: most of them mostly wait. */
const LANES = 3;

async function main({ faults, isQuick, seed, rounds, laneCount, serverCount }) {
  console.log(`seed ${seed}`);
  const resources = new Resources();
  const stopOnSignal = closeOnSignals(resources);
  const waiting = [...faults];
  const outcomes = { passed: 0, failed: 0, "not run": 0 };
  const runLane = async () => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      const roundCount = rounds ?? (isQuick ? fault.rounds.quick : fault.rounds.full);
      const outcome = await runFault(fault, {
        rounds: roundCount,
        seed,
        resources,
        serverCount,
      });
      outcomes[outcome]++;
    }
  };
  await Promise.all(Array.from({ length: laneCount }, runLane));
  await resources.close();
  stopOnSignal.remove();
  const shown = Object.entries(outcomes).filter(([name, count]) => count > 0 || name !== "not run");
  console.log(shown.map(([name, count]) => `${count} ${name}`).join(", "));
  if (outcomes.failed > 0) process.exitCode = 1;
}

/** @returns {Promise<"passed" | "failed" | "not run">} */
async function runFault(fault, { rounds, seed, resources: all, serverCount }) {
  const reason = fault.cannotRun?.({ serverCount });
  if (reason !== undefined) {
    console.log(`${fault.name}: not run: ${reason}`);
    return "not run";
  }
  const startedAt = performance.now();
  const ledger = new Ledger();
  const resources = all.open(
    () => new Resources(),
    (own) => own.close(),
  );
  let note;
  try {
    note = await fault.run({
      rounds,
      serverCount,
      random: new Random(seed).of(fault.name),
      ledger,
      resources,
    });
  } catch (error) {
    if (all.isClosing) return "failed";
    ledger.fail(error.stack ?? String(error));
  }
  await resources.close();
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(formatOutcome(fault, { rounds, seconds, note, ledger }));
  if (ledger.failureCount === 0) return "passed";
  for (const failure of ledger.failures) console.log(`  ${failure}`);
  const further = ledger.failureCount - ledger.failures.length;
  if (further > 0) console.log(`  and ${further} more`);
  for (const line of ledger.logged) console.log(`  logged: ${line.slice(0, MAX_LINE)}`);
  const servers = serverCount === undefined ? "" : ` --servers ${serverCount}`;
  console.log(
    `  Again: npm run faults -- ${fault.name} --rounds ${rounds} --seed ${seed}${servers}`,
  );
  return "failed";
}

function formatOutcome({ name, unit = "rounds" }, { rounds, seconds, note, ledger }) {
  const { requests, acknowledged, unavailable, unanswered, retried } = ledger.counts;
  const figures = {
    [unit]: rounds,
    requests,
    acknowledged,
    unavailable,
    unanswered,
    retried,
  };
  const parts = Object.entries(figures).map(([what, count]) => `${count} ${what}`);
  if (note !== undefined) parts.push(note);
  const word = ledger.failureCount === 0 ? "ok" : "FAILED";
  return `${name}: ${word} in ${seconds} s: ${parts.join(", ")}`;
}

function readCommandLine() {
  const { values, positionals } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      seed: { type: "string", default: String(randomInt(MAX_SEED)) },
      rounds: { type: "string" },
      lanes: { type: "string", default: String(LANES) },
      servers: { type: "string" },
    },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown !== undefined) throw new Error(`Unknown fault ${unknown}.`);
  return {
    faults: FAULTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    isQuick: values.quick,
    seed: wholeNumber("seed", values.seed, 0),
    rounds: values.rounds === undefined ? undefined : wholeNumber("rounds", values.rounds, 1),
    laneCount: wholeNumber("lanes", values.lanes, 1),
    serverCount:
      values.servers === undefined ? undefined : wholeNumber("servers", values.servers, 1),
  };
}

function wholeNumber(name, text, least) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= MAX_SEED) return value;
  throw new Error(`--${name} must be an integer from ${least} to ${MAX_SEED}, not ${text}.`);
}

let commandLine;
try {
  commandLine = readCommandLine();
} catch (error) {
  console.error(
    `${error.message}\nUsage: npm run faults -- [fault …] [--quick] [--seed n] [--rounds n] [--lanes n] [--servers n]\nFaults:`,
  );
  for (const { name, does } of FAULTS) console.error(`  ${name}: ${does}`);
  process.exit(2);
}
await main(commandLine);
