import { startProgram } from "../../bench/support/program.mjs";
import {
  MAIN,
  environment,
  readAddress,
  stopOrphanedPostgres,
} from "../../bench/support/server.mjs";

/**
 * A server process that can be ended and restarted, each time at another address. Clients wait in the
 * meantime.
 */
export class TestedServer {
  #resources;
  #settings;
  #serving = withResolvers();
  isServing = false;
  #process;
  #ledger;

  /**
   * @param {Record<string, string>} settings
   * @param {import("./ledger.mjs").Ledger} ledger records the server's internal errors and unexpected end.
   */
  constructor(resources, settings, ledger) {
    this.#resources = resources;
    this.#settings = settings;
    this.#ledger = ledger;
  }

  get graphqlUrl() {
    return this.#process.graphqlUrl;
  }

  get pid() {
    return this.#process.pid;
  }

  /** Resolves with its exit code or signal when it has ended. */
  get ended() {
    return this.#process.ended;
  }

  whenServing() {
    return this.#serving.promise;
  }

  async start() {
    const { DATA_DIR } = this.#settings;
    this.#process = await startProgram(this.#resources, {
      script: MAIN,
      env: environment({ LOG_LEVEL: "error", ...this.#settings }),
      read: readAddress,
      onOutput: (text) => this.#onOutput(text),
      afterEnd: DATA_DIR && (() => stopOrphanedPostgres(DATA_DIR)),
    });
    this.isServing = true;
    this.#serving.resolve();
  }

  /** @returns its exit code or signal. */
  async end(signal) {
    this.#serving = withResolvers();
    this.isServing = false;
    process.kill(this.pid, signal);
    const [code, endedBy] = await this.ended;
    return endedBy ?? code;
  }

  #onOutput(text) {
    for (const line of text.split("\n")) {
      if (line.includes("defect") || line.includes('"level":60')) this.#ledger.note(line);
    }
  }
}

/** Promise.withResolvers, which Node.js 20 lacks. */
function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve) => {
    made.resolve = resolve;
  });
  return made;
}
