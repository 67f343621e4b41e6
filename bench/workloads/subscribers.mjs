// Subscribers that wait for changes while pockets are charged at a fixed rate: how soon they get them, and what they cost.
import { setTimeout as sleep } from "node:timers/promises";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { residentBytesOf, usageOf } from "../support/process-usage.mjs";
import { startServer } from "../support/server.mjs";
import { makeMerchant } from "./payments.merchant.mjs";
import { chargeAtRate, chargeOnce } from "./subscribers.charges.mjs";
import { formatSubscribers } from "./subscribers.results.mjs";

const SIDES = ["pocketChanged", "events"].flatMap((subscription) =>
  ["sse", "ws"].map((transport) => ({ subscription, transport })),
);
const FULL = { subscriberCount: 1_000, merchantCount: 100, perSecond: 100, durationMs: 30_000 };
const QUICK = { subscriberCount: 50, merchantCount: 5, perSecond: 50, durationMs: 1_000 };
/** The time until memory has settled. */
const SETTLE_MS = 2_000;

/** @type {import("../run.mjs").Workload} */
export const subscribers = { name: "subscribers", measure };

async function measure({ isQuick, resources, report }) {
  const size = isQuick ? QUICK : FULL;
  report("starting a server");
  const { graphqlUrl, databaseUrl, dataDir, pid } = await startServer(resources);
  const client = await connect(resources, databaseUrl);
  const apiTokens = await makeMerchants(client, size.merchantCount);
  const phoneNumbers = Array.from({ length: size.subscriberCount }, (_, index) =>
    phoneNumberOf(index),
  );
  const options = { graphqlUrl, apiTokens, pocketGroupSlug: DEMO_GROUP_SLUG, phoneNumbers };
  report("charging every pocket once");
  await chargeOnce(options);

  const rows = [];
  for (const side of SIDES) {
    report(`${side.subscription} over ${side.transport}`);
    rows.push({ ...side, ...(await measureSide(resources, { side, size, options, pid })) });
  }
  return formatSubscribers({ machine: await describeMachine(client, dataDir), size, rows });
}

async function measureSide(resources, { side, size, options, pid }) {
  const { durationMs, perSecond, subscriberCount } = size;
  const script = new URL("subscribers.clients.mjs", import.meta.url);
  const load = await LoadProcess.start(resources, script, { ...options, ...side });
  const before = residentBytesOf(pid);
  await load.run({ connects: true });
  await sleep(SETTLE_MS);
  const after = residentBytesOf(pid);
  const usageBefore = usageOf(pid);
  const receiving = load.run({ durationMs });
  const chargeCount = await chargeAtRate({ ...options, perSecond, durationMs });
  const usage = usageOf(pid);
  const latenciesMs = await receiving;
  await load.run({ disconnects: true });
  requireMessages(side, latenciesMs.length, chargeCount, subscriberCount / size.merchantCount);
  return {
    chargeCount,
    latenciesMs,
    cpuShare: usage && (usage.cpuMs - usageBefore.cpuMs) / durationMs,
    bytesEach: after && (after - before) / subscriberCount,
  };
}

/** Every event reaches each subscriber of its merchant. Changes of a pocket in quick succession are sent as one. */
function requireMessages({ subscription }, received, chargeCount, subscribersEach) {
  const most = chargeCount * (subscription === "events" ? subscribersEach : 1);
  const least = subscription === "events" ? most : most * 0.8;
  if (received < least || received > most)
    throw new Error(`${subscription}: ${received} messages for ${chargeCount} charges.`);
}

async function makeMerchants(client, count) {
  const apiTokens = [];
  for (let made = 0; made < count; made++) {
    const { merchantId, apiToken } = await makeMerchant(client);
    await client.query(
      `insert into pocket_group_grants (merchant_id, pocket_group_id)
       select $1, id from pocket_groups where slug = $2`,
      [merchantId, DEMO_GROUP_SLUG],
    );
    apiTokens.push(apiToken);
  }
  return apiTokens;
}

function phoneNumberOf(index) {
  return `98935${String(index).padStart(7, "0")}`;
}
