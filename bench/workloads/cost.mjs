// The processor time that the server needs for a request, compared with a bare HTTP server in the same run. It hardly
// depends on what else the machine does, unlike requests per second.
import { uuidv7 } from "uuidv7";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { connect } from "../support/database.mjs";
import { openConnections } from "../support/graphql-connections.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { ownCpuMsOf } from "../support/process-usage.mjs";
import { startProgram } from "../support/program.mjs";
import { environment, readAddress, startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { BARE, CASES } from "./cost.cases.mjs";
import { formatCosts } from "./cost.results.mjs";

/** The time for a batch falls by a fifth in the first minute, while V8 compiles what is used often. */
const FULL = { roundCount: 5, roundMs: 3_500, warmUpMs: 25_000 };
const QUICK = { roundCount: 1, roundMs: 300, warmUpMs: 200 };
const LOAD = new URL("cost.http.mjs", import.meta.url);
const BARE_SERVER = new URL("cost.bare.mjs", import.meta.url).pathname;
const FIRST_CHARGES = 100;

/** @type {import("../run.mjs").Workload} */
export const cost = { name: "cost", measure };

async function measure({ isQuick, resources, report }) {
  const timing = isQuick ? QUICK : FULL;
  report("starting a server on an empty database");
  const server = await startServer(resources);
  const tokenToTrace = await charge(server);
  const bare = await startProgram(resources, {
    script: BARE_SERVER,
    env: environment({}),
    read: readAddress,
  });
  const sides = {
    server: await startLoad(resources, { ...server, tokenToTrace }),
    bare: always(BARE, await startLoad(resources, { ...bare, demoToken: "none", tokenToTrace })),
  };
  const comparisons = await measureSideBySide({ sides, cases: CASES, ...timing, report });
  const client = await connect(resources, server.databaseUrl);
  await verify(client);
  const machine = await describeMachine(client, server.dataDir);
  return formatCosts({ machine, timing, comparisons });
}

/** A load that also reports the processor time of the server, without that of PostgreSQL. */
async function startLoad(resources, { graphqlUrl, demoToken: apiToken, pid, tokenToTrace }) {
  const digit = "1";
  const load = await LoadProcess.start(resources, LOAD, {
    ...{ graphqlUrl, apiToken, tokenToTrace, digit },
  });
  return {
    run: async (round) => {
      const before = ownCpuMsOf(pid);
      const measured = await load.run(round);
      const after = ownCpuMsOf(pid);
      return { ...measured, serverMs: before === null ? null : after - before };
    },
  };
}

/** A load that sends the same request for every case, and needs no warm-up longer than a round. */
function always(subject, load) {
  return {
    run: ({ durationMs, expectedCount }) =>
      load.run({
        ...subject,
        expectedCount,
        durationMs: Math.min(durationMs, FULL.roundMs),
      }),
  };
}

/** Makes the first charges, so that lists have whole pages. @returns the token of one. */
async function charge({ graphqlUrl, demoToken: apiToken }) {
  const post = openConnections({ clientCount: 1, graphqlUrl, apiToken });
  const charges = Array.from({ length: FIRST_CHARGES }, (_, number) => ({
    token: uuidv7(),
    phoneNumber: `9890${String(number).padStart(8, "0")}`,
    amount: 1,
  }));
  const { query } = CASES.find(({ kind }) => kind === "charge");
  const input = { pocketGroupSlug: DEMO_GROUP_SLUG, charges };
  const answer = await post(0, JSON.stringify({ query, variables: { input } }));
  if (answer.split('"status":"SUCCESS"').length - 1 !== FIRST_CHARGES) {
    throw new Error(`The first charges failed: ${answer.slice(0, 500)}`);
  }
  return charges[0].token;
}

async function verify(client) {
  const { rows } = await client.query(
    `select (select sum(amount) from pocket_ledger) = (select sum(balance) from pockets) as matches`,
  );
  if (!rows[0].matches) throw new Error("The balances are not the sums of the entries.");
}
