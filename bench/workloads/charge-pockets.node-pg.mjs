// The other side: only the server's pool, transactions and statements for charging pockets.
import { openDatabase } from "../../dist/database/database.js";
import { inTransaction } from "../../dist/database/transaction.js";
import { LedgerStore } from "../../dist/pockets/ledger/ledger.store.js";
import { readConfig } from "../../dist/config/config.js";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { Supply } from "../support/supply.mjs";
import { newBatch } from "./charge-pockets.batch.mjs";
import { computeBalances, prepareBatch } from "./charge-pockets.prepared.mjs";

serveRounds(({ clientCount, databaseUrl, poolSize, pocketGroupId, merchantId }) => {
  const database = openDatabase({
    url: databaseUrl,
    poolSize,
    timeoutMs: readConfig({}).databaseTimeoutMs,
    onIdleError: (error) => console.error(error),
  });
  const store = new LedgerStore(database);

  return ({ batchSize, durationMs, expectedCount }) => {
    const batches = new Supply(
      () => prepareBatch({ pocketGroupId, merchantId }, newBatch(batchSize)),
      expectedCount,
    );
    const send = async () => {
      const batch = batches.take();
      const { wanted, charges } = batch;
      await inTransaction(database.pool, async (tx) => {
        const ledger = await store.lookUp(tx, pocketGroupId, wanted);
        return store.write(tx, pocketGroupId, ledger, computeBalances(charges, ledger));
      });
    };
    return runClients({ clientCount, durationMs, send });
  };
});
