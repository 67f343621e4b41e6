// node scripts/run.mjs main: makes the clone ready, then runs dist/main.js in this same process.
import { prepare } from "./prepare.mjs";

// The program finds its arguments where they are when it is started by itself.
const [program] = process.argv.splice(2, 1);
prepare();
if (process.env.npm_lifecycle_event) stopWithParent();
await import(new URL(`../dist/${program}.js`, import.meta.url));

/**
 * npm passes a signal on to a shell, and some shells end by it without telling their child. That the
 * parent has ended is the signal then.
 */
function stopWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250);
  watch.unref();
}
