// The load generator of the costs: one kind of request at a time, with known and new pockets mixed.
import { uuidv7 } from "uuidv7";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { openConnections } from "../support/graphql-connections.mjs";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { Supply } from "../support/supply.mjs";
import { BARE, CASES } from "./cost.cases.mjs";

const MAX_CLIENTS = Math.max(...[BARE, ...CASES].map(({ clientCount }) => clientCount));
const SUCCESS = '"status":"SUCCESS"';

serveRounds(({ graphqlUrl, apiToken, tokenToTrace, digit }) => {
  const post = openConnections({ clientCount: MAX_CLIENTS, graphqlUrl, apiToken });
  let pockets = 0;
  const phoneNumber = () => {
    const isKnown = pockets > 0 && Math.random() < 0.5;
    const number = isKnown ? Math.floor(Math.random() * pockets) : pockets++;
    return `989${digit}${String(number).padStart(8, "0")}`;
  };
  const chargeOf = (size) =>
    Array.from({ length: size }, () => ({
      token: uuidv7(),
      phoneNumber: phoneNumber(),
      amount: 1,
    }));

  const bodies = {
    bare: () => '{"query":"{ __typename }"}',
    read: ({ query }) => JSON.stringify({ query }),
    trace: ({ query }) => JSON.stringify({ query, variables: { token: tokenToTrace } }),
    charge: ({ query, size }) => {
      const input = { pocketGroupSlug: DEMO_GROUP_SLUG, charges: chargeOf(size) };
      return JSON.stringify({ query, variables: { input } });
    },
  };

  return async ({ durationMs, expectedCount, ...subject }) => {
    const { kind, clientCount, size } = subject;
    const supply = new Supply(() => bodies[kind](subject), expectedCount);
    const send = async (client) => {
      const answer = await post(client, supply.take());
      const isDone =
        kind === "charge"
          ? answer.split(SUCCESS).length - 1 === size
          : answer.startsWith('{"data":{') && !answer.includes('"errors"');
      if (!isDone) throw new Error(`${subject.name}: ${answer.slice(0, 500)}`);
    };
    return runClients({ clientCount, durationMs, send });
  };
});
