import { setTimeout as sleep } from "node:timers/promises";
import { Stage } from "./support/stage.mjs";

const SILENT_MS = 10_000;
const DELAY_MS = 500;
const SLOW_MS = 3_000;
const REFUSING_MS = 2_000;

/** Shorter than the stall, so that waiting requests get an error that the database took too long. */
const DATABASE_TIMEOUT_MS = "4000";

/** @type {import("./run.mjs").Fault} */
export const silentLine = {
  name: "silent-line",
  does: "nothing passes between server and database for 10 s",
  rounds: { full: 10, quick: 1 },
  run: (options) =>
    run(options, async ({ proxy }) => {
      proxy.stall();
      await sleep(SILENT_MS);
      proxy.resume();
    }),
};

/** @type {import("./run.mjs").Fault} */
export const slowLine = {
  name: "slow-line",
  does: "each response of the database is delayed by 500 ms",
  rounds: { full: 10, quick: 2 },
  run: (options) =>
    run(options, async ({ proxy }) => {
      proxy.delayMs = DELAY_MS;
      await sleep(SLOW_MS);
      proxy.delayMs = 0;
    }),
};

/** @type {import("./run.mjs").Fault} */
export const refusingLine = {
  name: "refusing-line",
  does: "the database's connections are broken, and new ones are refused for 2 s",
  rounds: { full: 10, quick: 2 },
  run: (options) =>
    run(options, async ({ proxy }) => {
      await proxy.refuse();
      await sleep(REFUSING_MS);
      await proxy.accept();
    }),
};

async function run(options, breakLine) {
  const stage = await Stage.external(options, {
    hasProxy: true,
    settings: { DATABASE_TIMEOUT_MS },
  });
  const load = stage.startLoad();
  for (let round = 1; round <= options.rounds; round++) {
    stage.ledger.round = round;
    await load.untilAcknowledged();
    await sleep(stage.random.between(100, 500));
    await breakLine(stage);
  }
  await load.untilAcknowledged();
  await load.stop();
  await stage.verify();
  const { affectedCount } = stage.proxy;
  if (affectedCount < options.rounds)
    stage.ledger.fail("no connection was in use when the line was broken");
  return `${affectedCount} connections or responses affected`;
}
