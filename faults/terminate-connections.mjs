import { setTimeout as sleep } from "node:timers/promises";
import { Stage } from "./support/stage.mjs";

const PAUSE_MS = 1_000;

/** @type {import("./run.mjs").Fault} */
export const terminateConnections = {
  name: "terminate-connections",
  does: "pg_terminate_backend of a random connection, one a second",
  rounds: { full: 120, quick: 12 },
  run,
};

async function run(options) {
  const stage = await Stage.external(options);
  const load = stage.startLoad({ clientCount: 16, pauseMs: 20 });
  await stage.withDatabase(async (client) => {
    for (let round = 1; round <= options.rounds; round++) {
      stage.ledger.round = round;
      await sleep(PAUSE_MS);
      const { rows } = await client.query(
        `select pid from pg_stat_activity
         where datname = current_database() and application_name = 'pocketcharge' order by pid`,
      );
      if (rows.length === 0) continue;
      await client.query("select pg_terminate_backend($1)", [stage.random.pick(rows).pid]);
    }
  });
  await load.untilAcknowledged();
  await load.stop();
  await stage.prove();
}
