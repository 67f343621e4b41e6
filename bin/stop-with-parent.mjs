/**
 * Stops this process when its parent ends. npm and npx forward a signal to a shell, and some shells then end
 * without forwarding it to this process.
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
