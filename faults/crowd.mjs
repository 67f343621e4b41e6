import { setTimeout as sleep } from "node:timers/promises";
import { SHARING_SERVERS, Stage } from "./support/stage.mjs";

const CONNECTION_COUNT = 4;
const CLIENT_COUNT = 10 * CONNECTION_COUNT;
const LOCKED_MS = 1_500;
const ROUND_MS = 3_000;

/** @type {import("./run.mjs").Fault} */
export const crowd = {
  name: "crowd",
  does: "ten times more clients than connections, while tables are locked repeatedly",
  rounds: { full: 20, quick: 2 },
  run,
};

async function run(options) {
  const { serverCount = SHARING_SERVERS } = options;
  const stage = await Stage.external(options, {
    settings: {
      DATABASE_POOL_SIZE: String(Math.ceil(CONNECTION_COUNT / serverCount)),
      DATABASE_TIMEOUT_MS: "1000",
      BATCH_CHARGES: "false",
    },
  });
  const { ledger } = stage;
  const load = stage.startLoad({ clientCount: CLIENT_COUNT, pauseMs: 0 });
  await stage.withDatabase(async (client) => {
    for (let round = 1; round <= options.rounds; round++) {
      ledger.round = round;
      await load.untilAcknowledged();
      const refusedBefore = ledger.counts.unavailable;
      await client.query("begin");
      await client.query("lock table pocket_ledger, payment_charges in exclusive mode");
      await sleep(LOCKED_MS);
      await client.query("rollback");
      if (ledger.counts.unavailable === refusedBefore) ledger.fail("no request was refused");
      await sleep(ROUND_MS - LOCKED_MS);
    }
  });
  await load.untilAcknowledged();
  await load.stop();
  const { unanswered } = ledger.counts;
  if (unanswered > 0) ledger.fail(`${unanswered} requests got no response`);
  await stage.verify();
}
