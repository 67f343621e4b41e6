// The time from the command to the first response, with a new embedded database and with an existing one.
import { openConnections, requireDone } from "../support/graphql-connections.mjs";
import { Resources } from "../support/resources.mjs";
import { makeDataDir, startServer } from "../support/server.mjs";
import { median } from "../support/statistics.mjs";
import { formatNumber } from "../support/table.mjs";
import { formatTargets } from "../support/targets.mjs";

const FULL = { roundCount: 5 };
const QUICK = { roundCount: 1 };

/** @type {import("../run.mjs").Workload} */
export const start = { name: "start", measure };

async function measure({ isQuick, resources, report }) {
  const { roundCount } = isQuick ? QUICK : FULL;
  const made = [];
  const found = [];
  for (let round = 1; round <= roundCount; round++) {
    report(`round ${round} of ${roundCount}`);
    const dataDir = makeDataDir(resources);
    made.push(await secondsToFirstResponse(resources, dataDir));
    found.push(await secondsToFirstResponse(resources, dataDir));
  }
  const targets = [
    {
      name: "seconds to the first response, new database: below 5",
      most: 5,
      reached: median(made),
    },
    {
      name: "seconds to the first response, existing database: below 2",
      most: 2,
      reached: median(found),
    },
  ];
  const figures = (values) => values.map((value) => formatNumber(value, 2)).join(", ");
  const markdown = [
    formatTargets(targets),
    "",
    "Medians of the time from the start of the process to the response to a query, with packages installed and built.",
    `New: ${figures(made)}. Existing: ${figures(found)}.`,
    "",
  ].join("\n");
  return { markdown, targets };
}

async function secondsToFirstResponse(resources, dataDir) {
  const own = resources.open(
    () => new Resources(),
    (opened) => opened.close(),
  );
  const startedAt = performance.now();
  const { graphqlUrl, demoToken: apiToken } = await startServer(own, dataDir);
  const post = openConnections({ clientCount: 1, graphqlUrl, apiToken });
  requireDone(
    await post(0, JSON.stringify({ query: "{ pocketCharges(first: 1) { nodes { id } } }" })),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  await own.close();
  return seconds;
}
