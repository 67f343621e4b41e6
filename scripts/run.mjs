// node scripts/run.mjs main: prepares the clone, then runs dist/programs/main.js in the same process.
import { stopWithParent } from "../bin/stop-with-parent.mjs";
import { prepare } from "./prepare.mjs";

// Remove the program's name, so that the program finds its arguments in the usual place.
const [program] = process.argv.splice(2, 1);
prepare();
if (process.env.npm_lifecycle_event) stopWithParent();
await import(new URL(`../dist/programs/${program}.js`, import.meta.url));
