// The other side: what the server asks of PostgreSQL to charge pockets, with the server's own pool,
// transaction and statements, and nothing around them.
import { openDatabase } from "../../dist/database/database.js";
import { inTransaction } from "../../dist/database/transaction.js";
import { PocketChargeStore } from "../../dist/pockets/pocket-charge.store.js";
import { readConfig } from "../../dist/config.js";
import { uuidv7 } from "uuidv7";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { Supply } from "../support/supply.mjs";
import { newBatch } from "./charge-pockets.batch.mjs";

serveRounds(({ clientCount, databaseUrl, poolSize, pocketGroupId, merchantId }) => {
  const database = openDatabase({
    url: databaseUrl,
    poolSize,
    timeoutMs: readConfig({}).databaseTimeoutMs,
    onIdleError: (error) => console.error(error),
  });
  const store = new PocketChargeStore(database);

  return ({ batchSize, durationMs, expectedCount }) => {
    const batches = new Supply(
      () => prepareBatch(pocketGroupId, merchantId, batchSize),
      expectedCount,
    );
    const send = async () => {
      const { phoneNumbers, tokens, charges } = batches.take();
      await inTransaction(database.pool, async (tx) => {
        const locked = await store.lockPockets(tx, pocketGroupId, phoneNumbers);
        const used = await store.findByTokens(tx, pocketGroupId, tokens);
        if (used.length > 0) throw new Error(`${used.length} tokens are used already.`);
        if (locked.size < phoneNumbers.length) throw new Error("A pocket is missing.");
        const balances = addUp(charges, locked);
        await store.write(tx, pocketGroupId, charges, balances, locked);
      });
    };
    return runClients({ clientCount, durationMs, send });
  };
});

function prepareBatch(pocketGroupId, merchantId, size) {
  const charges = newBatch(size).map((charge) => ({
    ...charge,
    pocketGroupId,
    merchantId,
    id: uuidv7(),
    balanceAfter: 0,
  }));
  return {
    charges,
    phoneNumbers: [...new Set(charges.map(({ phoneNumber }) => phoneNumber))],
    tokens: charges.map(({ token }) => token),
  };
}

/** Puts the balances on the charges. @returns what each pocket ends with. */
function addUp(charges, locked) {
  const balances = new Map();
  for (const charge of charges) {
    const { phoneNumber, amount } = charge;
    const balance = balances.get(phoneNumber) ?? locked.get(phoneNumber);
    charge.balanceAfter = balance + amount;
    balances.set(phoneNumber, charge.balanceAfter);
  }
  return balances;
}
