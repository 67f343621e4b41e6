import { startProgram } from "../../bench/support/program.mjs";
import { MAIN, environment, readAddress, stopLeftPostgres } from "../../bench/support/server.mjs";

/**
 * A server process that may be ended and started again, at another address each time. Clients that
 * come meanwhile wait.
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
   * @param {import("./ledger.mjs").Ledger} ledger takes down what the server logs of defects and of its end.
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

  /** Resolves with its exit once it has ended. */
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
      hear: (text) => this.#hear(text),
      afterEnd: DATA_DIR && (() => stopLeftPostgres(DATA_DIR)),
    });
    this.isServing = true;
    this.#serving.resolve();
  }

  /** @returns how it has ended: its exit code, or the signal. */
  async end(signal) {
    this.#serving = withResolvers();
    this.isServing = false;
    process.kill(this.pid, signal);
    const [code, endedBy] = await this.ended;
    return endedBy ?? code;
  }

  #hear(text) {
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
