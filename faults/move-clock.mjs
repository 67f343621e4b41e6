import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { makeDataDir } from "../bench/support/server.mjs";
import { Stage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

const HOUR_MS = 3_600_000;
const STEP_MS = 2_000;
const MOVED_CLOCK = pathToFileURL(join(import.meta.dirname, "support/moved-clock.mjs")).href;

/** @type {import("./run.mjs").Fault} */
export const moveClock = {
  name: "move-clock",
  does: "a server's clock is set an hour forward, an hour back, and right again: nothing changes",
  rounds: { full: 1, quick: 1 },
  run,
};

async function run(options) {
  const file = join(makeDataDir(options.resources), "clock");
  await writeFile(file, "0");
  const stage = await Stage.external(options, {
    settings: { NODE_OPTIONS: `--import ${MOVED_CLOCK}`, FAULTS_CLOCK: file },
  });
  const { ledger } = stage;
  const load = stage.startLoad();
  for (let round = 1; round <= options.rounds; round++) {
    ledger.round = round;
    for (const offsetMs of [0, HOUR_MS, -HOUR_MS, 0]) {
      await writeFile(file, String(offsetMs));
      process.kill(stage.server.pid, "SIGUSR2");
      const acknowledgement = `${file}.${offsetMs}`;
      await until("the server's clock is moved", () => existsSync(acknowledgement));
      await rm(acknowledgement);
      await load.untilAcknowledged();
      await sleep(STEP_MS);
    }
  }
  await load.stop();
  const { unavailable, unanswered } = ledger.counts;
  if (unavailable + unanswered > 0) ledger.fail(`${unavailable + unanswered} requests failed`);
  await stage.verify();
}
