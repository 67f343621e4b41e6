// The load generator of every HTTP side. It creates bodies before a round and reads responses afterwards, because
// its work takes processor time from the server.
import { Buffer } from "node:buffer";
import { openConnections } from "../support/graphql-connections.mjs";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { Supply } from "../support/supply.mjs";
import { MAX_CLIENTS } from "./stacks.cases.mjs";
import { newCharges } from "./stacks.fill.mjs";
import { countMade, operationsOf, readRecords } from "./stacks.operations.mjs";

serveRounds(({ side, digit, graphqlUrl, apiToken, records }) => {
  const post = openConnections({ clientCount: MAX_CLIENTS, graphqlUrl, apiToken });
  const operations = operationsOf(side, records);

  return async ({ expectedCount, ...subject }) => {
    const { kind, clientCount, durationMs, batchSize } = subject;
    const isCharge = kind === "charge";
    const newBody = () =>
      Buffer.from(JSON.stringify(operations[kind](isCharge ? newCharges(digit, subject) : null)));
    const sameBody = isCharge ? undefined : newBody();
    const bodies = new Supply(newBody, isCharge ? expectedCount : 0);

    const answers = [];
    const send = async (client) => {
      answers.push(await post(client, sameBody ?? bodies.take()));
    };
    const measured = await runClients({ clientCount, durationMs, send });
    if (isCharge) for (const answer of answers) requireMade(answer, batchSize);
    else requireSame(kind, answers);
    return measured;
  };
});

/** A benchmark must not count refused charges. */
function requireMade(answer, batchSize) {
  const count = countMade(answer);
  if (count === batchSize) return;
  throw new Error(`${count} of ${batchSize} charges were made: ${answer.slice(0, 1_000)}`);
}

/** Nothing is written during a round of reads, so all responses must be equal. */
function requireSame(kind, answers) {
  readRecords(kind, answers[0]);
  const other = answers.find((answer) => answer !== answers[0]);
  if (other !== undefined) throw new Error(`A ${kind} got a different response: ${other}`);
}
