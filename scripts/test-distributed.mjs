// npm run test:distributed: the tests on the Citus cluster whose coordinator CITUS_URL names.
import { spawnSync } from "node:child_process";
import { prepare } from "./prepare.mjs";

if (!process.env.CITUS_URL) {
  console.error(`
CITUS_URL is not set. It names the coordinator of a Citus cluster with workers, by a superuser, such as
CITUS_URL=postgresql://postgres@127.0.0.1:5432/postgres. The tests make databases of their own on all
nodes and drop them at the end. docs/scaling.md says what the cluster needs.
`);
  process.exit(1);
}
prepare();
const options = ["vitest", "run", "-c", "vitest.distributed.config.ts", ...process.argv.slice(2)];
process.exit(spawnSync("npx", options, { stdio: "inherit" }).status ?? 1);
