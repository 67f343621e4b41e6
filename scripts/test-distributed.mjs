// npm run test:distributed: runs the tests on the Citus cluster with the coordinator CITUS_URL.
import { spawnSync } from "node:child_process";
import { prepare } from "./prepare.mjs";

if (!process.env.CITUS_URL) {
  console.error(`
CITUS_URL is not set. Set it to the coordinator of a Citus cluster with workers, with a superuser, such as
CITUS_URL=postgresql://postgres@127.0.0.1:5432/postgres. The tests create their own databases on all nodes
and drop them at the end. docs/scaling.md describes what the cluster needs.
`);
  process.exit(1);
}
prepare();
const options = ["vitest", "run", "-c", "vitest.distributed.config.ts", ...process.argv.slice(2)];
process.exit(spawnSync("npx", options, { stdio: "inherit" }).status ?? 1);
