import { newCharge, phoneNumber } from "./support/charge-requests.mjs";
import { Race } from "./support/race.mjs";
import { Stage } from "./support/stage.mjs";

const POCKET_COUNT = 40;
const BATCH_SIZE = 30;
const PAIR_COUNT = 6;

/** @type {import("./run.mjs").Fault} */
export const oppositeBatches = {
  name: "opposite-batches",
  does: "overlapping batches in opposite orders, each to two servers at once",
  rounds: { full: 60, quick: 6 },
  unit: "seconds",
  run,
};

async function run(options) {
  const stage = await Stage.external(options);
  const { ledger, random } = stage;
  const until = performance.now() + options.rounds * 1_000;
  const pair = async (name) => {
    const race = new Race(stage, 2);
    const own = random.of(name);
    while (performance.now() < until) {
      const numbers = own.shuffled(
        Array.from({ length: POCKET_COUNT }, (_, at) => phoneNumber(at)),
      );
      const charges = numbers.slice(0, BATCH_SIZE).map((number) => newCharge(own, number));
      await race.run([charges, charges.toReversed()]);
    }
  };
  await Promise.all(Array.from({ length: PAIR_COUNT }, (_, at) => pair(`pair ${at}`)));
  ledger.round = options.rounds;
  const deadlocks = await stage.countDeadlocks();
  if (deadlocks > 0) ledger.fail(`${deadlocks} deadlocks: locks are not taken in a fixed order`);
  await stage.verify();
}
