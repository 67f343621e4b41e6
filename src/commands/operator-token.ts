import { commandLine } from "../shared/command-line.js";
import { runCommand } from "./run-command.js";

/** Creates an operator's token and prints its secret, which is not shown again. A server may be running. */
await runCommand(async ({ app }) => {
  const outcome = await app.services.apiTokens.create({
    name: `Created by ${commandLine("operator-token")}`,
    scopes: ["OPERATOR"],
  });
  if (!outcome.isDone) throw new Error(JSON.stringify(outcome.userErrors));
  const { apiToken, secret } = outcome.value;
  console.log(`
An operator's token, which is shown only once (its id is ${apiToken.id}):

Authorization: Token ${secret}
`);
});
