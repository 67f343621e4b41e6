// node scripts/run.mjs main: makes the clone ready, then runs dist/programs/main.js in this same process.
import { stopWithParent } from "../bin/stop-with-parent.mjs";
import { prepare } from "./prepare.mjs";

// The program finds its arguments where they are when it is started by itself.
const [program] = process.argv.splice(2, 1);
prepare();
if (process.env.npm_lifecycle_event) stopWithParent();
await import(new URL(`../dist/programs/${program}.js`, import.meta.url));
