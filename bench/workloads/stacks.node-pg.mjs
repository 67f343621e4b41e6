// The upper limit: only the server's statements, sent like the server sends them.
import { readConfig } from "../../dist/config/config.js";
import { openDatabase } from "../../dist/database/database.js";
import { inTransaction } from "../../dist/database/transaction.js";
import { LedgerStore } from "../../dist/pockets/ledger/ledger.store.js";
import { PocketGroupStore } from "../../dist/pockets/pocket-group.store.js";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { Supply } from "../support/supply.mjs";
import { computeBalances, prepareBatch } from "./charge-pockets.prepared.mjs";
import { newCharges } from "./stacks.fill.mjs";

serveRounds(({ digit, databaseUrl, poolSize, records, statements }) => {
  const { pocketGroupId, merchantId } = records;
  const database = openDatabase({
    url: databaseUrl,
    poolSize,
    timeoutMs: readConfig({}).databaseTimeoutMs,
    onIdleError: (error) => console.error(error),
  });
  const { pool } = database;
  const ledgerStore = new LedgerStore(database);
  const groups = new PocketGroupStore(database);

  const charge = (batch) =>
    inTransaction(pool, async (tx) => {
      const [, ledger] = await Promise.all([
        groups.findWithGrants(tx, pocketGroupId, [merchantId]),
        ledgerStore.lookUp(tx, pocketGroupId, batch.wanted),
      ]);
      return ledgerStore.write(tx, pocketGroupId, ledger, computeBalances(batch.charges, ledger));
    });

  return ({ expectedCount, ...subject }) => {
    const { kind, clientCount, durationMs } = subject;
    const isCharge = kind === "charge";
    const batches = new Supply(
      () => prepareBatch(records, newCharges(digit, subject)),
      isCharge ? expectedCount : 0,
    );
    const read = async () => {
      for (const statement of statements[kind]) await pool.query(statement);
    };
    const send = isCharge ? () => charge(batches.take()) : read;
    return runClients({ clientCount, durationMs, send });
  };
});
