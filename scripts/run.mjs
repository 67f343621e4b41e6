// node scripts/run.mjs main: makes the clone ready, then runs dist/main.js in this same process, so
// that signals reach it.
import { prepare } from "./prepare.mjs";

prepare();
await import(new URL(`../dist/${process.argv[2]}.js`, import.meta.url));
