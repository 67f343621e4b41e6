import { setTimeout as sleep } from "node:timers/promises";
import { Stage } from "./support/stage.mjs";

/** @type {import("./run.mjs").Fault} */
export const stopServer = {
  name: "stop-server",
  does: "SIGTERM of the server: running requests are answered",
  rounds: { full: 30, quick: 3 },
  run,
};

async function run(options) {
  const stage = await Stage.open(options);
  const { ledger } = stage;
  const events = await stage.watchEvents();
  const load = stage.startLoad();
  for (let round = 1; round <= options.rounds; round++) {
    ledger.round = round;
    await load.untilAcknowledged();
    await sleep(stage.random.between(50, 500));
    const server = stage.random.pick(stage.servers);
    const exit = await server.end("SIGTERM");
    if (exit !== 0) ledger.fail(`the server exited with ${exit}`);
    await load.untilIdle();
    const unanswered = [...ledger.open];
    await server.start();
    await requireNothingDone(stage, unanswered);
  }
  await load.untilAcknowledged();
  await load.stop();
  await stage.verify();
  return events.verify();
}

/** A connection may close before the server starts a request. Requests that it started must be answered. */
async function requireNothingDone(stage, unanswered) {
  const tokens = unanswered.flatMap((intent) => intent.tokens ?? []);
  const keys = unanswered.flatMap((intent) => intent.key ?? []);
  await stage.withDatabase(async (client) => {
    const { rows } = await client.query(
      `select token as done from pocket_ledger where token = any($1)
       union all select key from idempotency_keys where key = any($2)`,
      [tokens, keys],
    );
    for (const { done } of rows) stage.ledger.fail(`${done} was done and not answered`);
  });
}
