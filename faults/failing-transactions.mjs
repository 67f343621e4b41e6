import { setTimeout as sleep } from "node:timers/promises";
import { HOT_PHONE_NUMBERS } from "./support/charge-requests.mjs";
import { Stage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

/** @type {import("./run.mjs").Fault} */
export const failingTransactions = {
  name: "failing-transactions",
  does: "serialization failures and deadlocks: raised by triggers and commits, and real ones",
  rounds: { full: 1_000, quick: 50 },
  run,
};

/** The number of raised failures for each real deadlock, which PostgreSQL detects slowly. */
const RAISED_FOR_EACH_REAL = 20;

/** For the servers' transactions. Longer than the wait below, because PostgreSQL checks only once. */
const DEADLOCK_TIMEOUT = "300ms";
const WAIT_MS = 100;
const DEADLOCKS_TIMEOUT_MS = 180_000;

const TABLES = ["pocket_ledger", "payment_charges", "payment_refunds", "idempotency_keys"];

/** A sequence also counts failures whose transaction is rolled back. */
const COUNT_RAISED = "select last_value + is_called::int as count from faults_raised";

/** Triggers that raise this many failures in writes and commits. */
const triggers = (count) => `
  create sequence faults_raised minvalue 0 start 0;
  create function raise_fault() returns trigger language plpgsql as $$
  begin
    if random() < tg_argv[0]::float8 and (${COUNT_RAISED}) < ${count} then
      perform nextval('faults_raised');
      if random() < 0.5 then raise exception 'raised by a test' using errcode = 'serialization_failure';
      else raise exception 'raised by a test' using errcode = 'deadlock_detected'; end if;
    end if;
    return null;
  end $$;
  ${TABLES.map(
    (table) => `create trigger fault before insert or update on ${table}
      for each statement execute function raise_fault('0.1');`,
  ).join("\n")}
  create constraint trigger fault_of_commit after insert on pocket_ledger deferrable initially deferred
    for each row execute function raise_fault('0.02');`;

async function run(options) {
  const { rounds } = options;
  const postgres = [`deadlock_timeout=${DEADLOCK_TIMEOUT}`];
  const stage = await Stage.external(options, { postgres });
  const { ledger } = stage;
  // Create the triggers before the load starts: during it, this would itself deadlock.
  await stage.withDatabase((client) => client.query(triggers(rounds)));
  const load = stage.startLoad({ clientCount: 16, pauseMs: 10 });
  await load.untilAcknowledged();
  const deadlocks = await makeDeadlocks(stage, Math.ceil(rounds / RAISED_FOR_EACH_REAL));
  await stage.withDatabase(async (client) => {
    await until("all failures were raised", async () => {
      const { rows } = await client.query(COUNT_RAISED);
      ledger.round = Number(rows[0].count);
      return ledger.round >= rounds;
    });
  });
  await load.stop();
  await stage.verify();
  const { unavailable, unanswered } = ledger.counts;
  if (unavailable + unanswered > 0) {
    ledger.fail(`${unavailable + unanswered} requests were not retried until they succeeded`);
  }
  return `and ${deadlocks} real deadlocks`;
}

/** Locks two hot pockets in the wrong order until PostgreSQL has aborted this many transactions. */
async function makeDeadlocks(stage, wanted) {
  const client = await stage.connect();
  // PostgreSQL aborts the transaction that detects the deadlock, so do not let this one detect it.
  await client.query("set deadlock_timeout = '1min'");
  const lock = (phoneNumber) =>
    client.query(
      "select from pockets where pocket_group_id = $1 and phone_number = $2 for update",
      [stage.owner.pocketGroupId, phoneNumber],
    );
  await until(
    "deadlocks occurred",
    async () => {
      await client.query("begin");
      await lock(HOT_PHONE_NUMBERS.at(-1));
      await sleep(WAIT_MS);
      await lock(HOT_PHONE_NUMBERS[0]);
      await client.query("commit");
      return (await stage.countDeadlocks()) >= wanted;
    },
    DEADLOCKS_TIMEOUT_MS,
  );
  await client.end();
  return stage.countDeadlocks();
}
