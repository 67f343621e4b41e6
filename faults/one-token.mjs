import { newCharge } from "./support/charge-requests.mjs";
import { Race } from "./support/race.mjs";
import { Stage } from "./support/stage.mjs";

const CLIENT_COUNT = 64;

/** Every fifth token is sent alone, the others in batches, in a different order for each client. */
const ALONE_SHARE = 0.2;
const BATCH_SIZE = 16;

/** @type {import("./run.mjs").Fault} */
export const oneToken = {
  name: "one-token",
  does: "each token from 64 clients at once, to two servers",
  rounds: { full: 2_000, quick: 100 },
  run,
};

async function run(options) {
  const stage = await Stage.external(options);
  const race = new Race(stage, CLIENT_COUNT);
  const { random, ledger } = stage;
  const aloneCount = Math.ceil(options.rounds * ALONE_SHARE);
  while (ledger.round < options.rounds) {
    const left = options.rounds - ledger.round;
    const size = ledger.round < aloneCount ? 1 : Math.min(BATCH_SIZE, left);
    ledger.round += size;
    const charges = Array.from({ length: size }, () => newCharge(random));
    await race.run(Array.from({ length: CLIENT_COUNT }, () => random.shuffled(charges)));
  }
  await stage.verify();
}
