// Reads of one pocket with many entries, and of a list by metadata, by HTTP and GraphQL.
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { percentile, median } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";
import { fillCharges } from "./charges.fill.mjs";

const PHONE_NUMBER = "989350000000";
const CLIENT_COUNT = 8;
const FULL = {
  ...{ roundCount: 3, roundMs: 2_000, warmUpMs: 1_000 },
  ...{ chargeCount: 1_000_000, entryCount: 100_000 },
};
const QUICK = {
  ...{ roundCount: 1, roundMs: 300, warmUpMs: 200 },
  ...{ chargeCount: 5_000, entryCount: 1_000 },
};

/** @type {import("../run.mjs").Workload} */
export const statements = { name: "statements", measure };

async function measure({ isQuick, resources, report }) {
  const timing = isQuick ? QUICK : FULL;
  report("starting a server");
  const { graphqlUrl, demoToken, databaseUrl, dataDir } = await startServer(resources);
  const client = await connect(resources, databaseUrl);
  report(`creating ${timing.chargeCount} charges, and ${timing.entryCount} entries of a pocket`);
  await fillCharges(client, timing.chargeCount);
  await fillPocket(client, timing.entryCount);
  await addMetadata(client);

  const script = new URL("reads.http.mjs", import.meta.url);
  const options = { clientCount: CLIENT_COUNT, graphqlUrl, apiToken: demoToken };
  const comparisons = await measureSideBySide({
    sides: { http: await LoadProcess.start(resources, script, options) },
    cases: casesOf(timing.entryCount),
    ...timing,
    report,
  });
  const machine = await describeMachine(client, dataDir);
  return format({ machine, timing, comparisons });
}

/** One entry a minute. */
function timeOf(entry) {
  return new Date(Date.UTC(2026, 0, 1) + entry * 60_000).toISOString();
}

function casesOf(entryCount) {
  const middle = { from: timeOf(entryCount / 2), to: timeOf(entryCount / 2 + 100) };
  const pocket = `pocket(pocketGroupSlug: "${DEMO_GROUP_SLUG}", phoneNumber: "${PHONE_NUMBER}")`;
  const times = "($from: DateTime!, $to: DateTime!)";
  return [
    {
      name: "balance at a time",
      query: `query ($from: DateTime!) { ${pocket} { balanceAt(time: $from) } }`,
      variables: { from: middle.from },
    },
    {
      name: "statement of 100 entries, its balances and totals",
      query: `query ${times} { ${pocket} { statement(from: $from, to: $to) {
        openingBalance closingBalance totals { kind count sum } } } }`,
      variables: middle,
    },
    {
      name: "the same with a page of 50 entries",
      query: `query ${times} { ${pocket} { statement(from: $from, to: $to) {
        openingBalance closingBalance totals { kind count sum }
        entries(first: 50) { nodes { token kind amount balanceAfter createdAt } } } } }`,
      variables: middle,
    },
    {
      name: "newest 50 entries of the pocket",
      query: `{ ${pocket} { pocketEntries(first: 50) { nodes { token kind amount balanceAfter } } } }`,
      variables: {},
    },
    {
      name: "charges with one value of metadata",
      query: `{ pocketCharges(filter: { metadata: [{ key: "order", eq: "7" }] }) {
        nodes { token amount } } }`,
      variables: {},
    },
  ];
}

/** A pocket of the demo's group whose entries alternate between a charge of 2 and a debit of 1. */
async function fillPocket(client, entryCount) {
  await client.query(
    `insert into pockets (pocket_group_id, id, phone_number, balance, created_at, updated_at)
     select id, uuidv7(), $2, 0, $3::timestamptz, $3::timestamptz from pocket_groups where slug = $1`,
    [DEMO_GROUP_SLUG, PHONE_NUMBER, timeOf(0)],
  );
  await client.query(
    `insert into pocket_ledger
       (pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after, created_at)
     select g.id, uuidv7(), uuidv7(), m.merchant_id, case n % 2 when 0 then 'CHARGE' else 'DEBIT' end, $2,
            case n % 2 when 0 then 2 else -1 end, (n / 2) + case n % 2 when 0 then 2 else 1 end,
            $3::timestamptz + n * interval '1 minute'
     from generate_series(0, $4::int - 1) n, pocket_groups g
     join pocket_group_grants m on m.pocket_group_id = g.id
     where g.slug = $1 order by n`,
    [DEMO_GROUP_SLUG, PHONE_NUMBER, timeOf(0), entryCount],
  );
  await client.query("update pockets set balance = $2 where phone_number = $1", [
    PHONE_NUMBER,
    Math.floor(entryCount / 2),
  ]);
}

/** One charge of a hundred has metadata. */
async function addMetadata(client) {
  await client.query(
    `update pocket_ledger set metadata = jsonb_build_object('order', numbered.n::text)
     from (select ctid, row_number() over () as n from pocket_ledger tablesample system (1)) as numbered
     where pocket_ledger.ctid = numbered.ctid`,
  );
}

function format({ machine, timing, comparisons }) {
  const { roundCount, roundMs, entryCount, chargeCount } = timing;
  const rows = comparisons.map(({ subject, rounds }) => {
    const rates = rounds.map(({ http }) => (http.requestCount * 1_000) / http.elapsedMs);
    const latencies = rounds.map(({ http }) => http.latenciesMs);
    const times = [50, 99].map((percent) => formatNumber(percentile(latencies, percent), 1));
    return [subject.name, formatNumber(median(rates)), ...times];
  });
  const title = `${formatNumber(entryCount)} entries in the pocket, ${formatNumber(chargeCount)} in others`;
  return `${machine}; ${CLIENT_COUNT} clients, ${roundCount} rounds of ${roundMs / 1_000} s

${formatTable([title, "requests/s", "p50 ms", "p99 ms"], rows)}

Requests per second are medians of the rounds. Latencies are those of whole HTTP requests in all rounds.
`;
}
