// The load generator for reads and charges whose speed must not depend on the amount of data.
import { uuidv7 } from "uuidv7";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { openConnections, requireDone } from "../support/graphql-connections.mjs";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { phoneNumberOfDemoGroup } from "./charges.fill.mjs";

serveRounds(({ clientCount, variables, pocketCount, ...server }) => {
  const post = openConnections({ clientCount, ...server });
  const next = { ...oneAfterTheOther(variables), charge: () => newCharge(pocketCount) };

  return ({ kind, query, durationMs, hasOneClient = false }) => {
    const send = async (client) => {
      const answer = await post(client, JSON.stringify({ query, variables: next[kind]() }));
      requireDone(answer);
      if (kind === "charge" && !answer.includes('"status":"SUCCESS"')) throw new Error(answer);
    };
    return runClients({ clientCount: hasOneClient ? 1 : clientCount, durationMs, send });
  };
});

function oneAfterTheOther(variables) {
  return Object.fromEntries(
    Object.entries(variables).map(([kind, sets]) => {
      let used = 0;
      return [kind, () => sets[used++ % sets.length]];
    }),
  );
}

function newCharge(pocketCount) {
  const phoneNumber = phoneNumberOfDemoGroup(Math.floor(Math.random() * pocketCount));
  const charges = [{ token: uuidv7(), phoneNumber, amount: 1 }];
  return { input: { pocketGroupSlug: DEMO_GROUP_SLUG, charges } };
}
