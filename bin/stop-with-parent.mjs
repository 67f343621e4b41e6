/**
 * npm and npx pass a signal on to a shell, and some shells end by it without telling their child. That
 * the parent has ended is the signal then.
 */
export function stopWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250);
  watch.unref();
}
