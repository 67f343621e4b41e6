import { commandLine } from "../shared/command-line.js";
import { runCommand } from "./run-command.js";

/** Makes an operator's token and prints its secret, this once. Runs beside a server, or without one. */
await runCommand(async ({ app }) => {
  const outcome = await app.services.apiTokens.create({
    name: `Made by ${commandLine("operator-token")}`,
    scopes: ["OPERATOR"],
  });
  if (!outcome.isDone) throw new Error(JSON.stringify(outcome.userErrors));
  const { apiToken, secret } = outcome.value;
  console.log(`
An operator's token, shown this once (its id is ${apiToken.id}):

Authorization: Token ${secret}
`);
});
