import { Stage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

/** @type {import("./run.mjs").Fault} */
export const cutCommits = {
  name: "cut-commits",
  does: "connections to the database are cut before a commit, after it, and in place of its response",
  rounds: { full: 1_000, quick: 50 },
  run,
};

async function run(options) {
  const stage = await Stage.external(options, { hasProxy: true });
  const events = await stage.watchEvents();
  const load = stage.startLoad({ clientCount: 16, pauseMs: 10 });
  await load.untilAcknowledged();
  // The server gives up after twelve failures of a request, which a third of the commits do not cause.
  Object.assign(stage.proxy, { cutShare: 0.3, cutsLeft: options.rounds });
  await until("all cuts were made", () => stage.proxy.cutsLeft === 0);
  await load.untilAcknowledged();
  await load.stop();
  await stage.verify();
  const { before, behind, answer } = stage.proxy.cuts;
  return `${before} before, ${behind} after the commit, ${answer} in place of its response, ${await events.verify()}`;
}
