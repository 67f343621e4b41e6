import { setTimeout as sleep } from "node:timers/promises";
import { Stage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

/** @type {import("./run.mjs").Fault} */
export const killPostgres = {
  name: "kill-postgres",
  does: "kill -9 of PostgreSQL's postmaster",
  rounds: { full: 50, quick: 2 },
  run,
};

async function run(options) {
  const stage = await Stage.open(options);
  const events = await stage.watchEvents();
  const load = stage.startLoad();
  for (let round = 1; round <= options.rounds; round++) {
    stage.ledger.round = round;
    await load.untilAcknowledged();
    await sleep(stage.random.between(100, 600));
    const killed = await stage.findPostmaster();
    process.kill(killed, "SIGKILL");
    // A server restarts its embedded PostgreSQL itself.
    await stage.cluster?.ensureRunning();
    await until("PostgreSQL runs again", async () => {
      const pid = await stage.findPostmaster();
      return pid !== undefined && pid !== killed;
    });
  }
  await load.untilAcknowledged();
  await load.stop();
  await stage.verify();
  return events.verify();
}
