import { Demo } from "../demo/demo.js";
import { firstCharge } from "../process/welcome.js";
import { runCommand } from "./run-command.js";

/** Creates the demo's records in the configured database and prints a new token for them. */
await runCommand(async ({ app, config }) => {
  const demo = new Demo(app);
  await demo.seed();
  const token = await demo.createToken();
  console.log(`
The demo's records exist. Here is a first request to a server on this database, with a new token that is
shown only once:

${firstCharge(`http://${config.host}:${String(config.port)}/graphql`, { secret: token })}
`);
});
