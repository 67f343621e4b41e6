const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Stops everything that was started when a signal arrives, and then exits this process.
 *
 * @param {import("./resources.mjs").Resources} resources
 */
export function closeOnSignals(resources) {
  const stop = (signal) => {
    if (resources.isClosing) return;
    console.error(`\n${signal}: stopping …`);
    void resources.close().then(() => process.exit(EXIT_CODES[signal]));
  };
  const signals = Object.keys(EXIT_CODES);
  for (const signal of signals) process.on(signal, stop);
  return {
    remove: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
