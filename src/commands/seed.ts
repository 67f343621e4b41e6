import { Demo } from "../demo/demo.js";
import { firstCharge } from "../process/welcome.js";
import { runCommand } from "./run-command.js";

/** Puts the demo's records into the configured database and prints a new token for them. */
await runCommand(async ({ app, config }) => {
  const demo = new Demo(app);
  await demo.seed();
  const token = await demo.createToken();
  console.log(`
The demo's records are there. A new token for them, shown this once, in a first request to a server
on this database:

${firstCharge(`http://${config.host}:${String(config.port)}/graphql`, { secret: token })}
`);
});
