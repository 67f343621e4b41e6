import { setTimeout as sleep } from "node:timers/promises";
import { Stage, requireSingleServer } from "./support/stage.mjs";

/** @type {import("./run.mjs").Fault} */
export const killServer = {
  name: "kill-server",
  does: "kill -9 of the server, its embedded PostgreSQL left running",
  rounds: { full: 50, quick: 2 },
  cannotRun: requireSingleServer,
  run: async (options) => run(await Stage.embedded(options), options),
};

/** @type {import("./run.mjs").Fault} */
export const killServerExternal = {
  name: "kill-server-external",
  does: "kill -9 of one of the servers, on an external PostgreSQL",
  rounds: { full: 50, quick: 2 },
  run: async (options) => run(await Stage.external(options), options),
};

async function run(stage, { rounds }) {
  const events = await stage.watchEvents();
  const load = stage.startLoad();
  for (let round = 1; round <= rounds; round++) {
    stage.ledger.round = round;
    await load.untilAcknowledged();
    await sleep(stage.random.between(50, 500));
    const server = stage.random.pick(stage.servers);
    await server.end("SIGKILL");
    await server.start();
  }
  await load.untilAcknowledged();
  await load.stop();
  await stage.verify();
  return events.verify();
}
