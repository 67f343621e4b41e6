import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { LoadProcess } from "../support/load-process.mjs";

/** The two ways in which workloads charge a server whose settings they compare. */
export const CASES = [
  { name: "batches of 100, 8 clients", batchSize: 100, clientCount: 8 },
  { name: "single charges, 64 clients", batchSize: 1, clientCount: 64 },
];

/**
 * Starts the processes that charge the demo's group of a server, one for each case.
 *
 * @param {import("../support/resources.mjs").Resources} resources
 * @param {import("../support/server.mjs").Server} server
 */
export async function startLoads(resources, { graphqlUrl, demoToken: apiToken }) {
  const script = new URL("charge-pockets.http.mjs", import.meta.url);
  const loads = new Map();
  for (const { clientCount } of CASES) {
    const options = { clientCount, graphqlUrl, apiToken, pocketGroupSlug: DEMO_GROUP_SLUG };
    loads.set(clientCount, await LoadProcess.start(resources, script, options));
  }
  return {
    pids: [...loads.values()].map(({ pid }) => pid),
    run: ({ clientCount, ...round }) => loads.get(clientCount).run(round),
  };
}
