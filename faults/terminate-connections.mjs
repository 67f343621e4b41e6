import { setTimeout as sleep } from "node:timers/promises";
import { Stage } from "./support/stage.mjs";

const PAUSE_MS = 1_000;

/** @type {import("./run.mjs").Fault} */
export const terminateConnections = {
  name: "terminate-connections",
  does: "pg_terminate_backend of a random connection, one a second",
  rounds: { full: 120, quick: 6 },
  run,
};

async function run(options) {
  const stage = await Stage.external(options);
  const events = await stage.watchEvents();
  const load = stage.startLoad({ clientCount: 16, pauseMs: 20 });
  let terminated = 0;
  await stage.withDatabase(async (client) => {
    for (let round = 1; round <= options.rounds; round++) {
      stage.ledger.round = round;
      await sleep(PAUSE_MS);
      if (await terminateOne(client, stage.random)) terminated++;
    }
  });
  // The server may briefly have no connection, if its last one was terminated and no request has come since.
  if (terminated < options.rounds / 2) stage.ledger.fail(`only ${terminated} were terminated`);
  await load.untilAcknowledged();
  await load.stop();
  await stage.verify();
  return `${terminated} terminated, ${await events.verify()}`;
}

async function terminateOne(client, random) {
  const { rows } = await client.query(
    `select pid from pg_stat_activity
     where datname = current_database() and application_name = 'pocketcharge' order by pid`,
  );
  if (rows.length === 0) return false;
  const terminate = "select pg_terminate_backend($1) as is_signaled";
  const { rows: results } = await client.query(terminate, [random.pick(rows).pid]);
  return results[0].is_signaled;
}
