import { fork } from "node:child_process";
import { OWN_GROUP, endProcess, hasEnded } from "./child-process.mjs";

const STOP_TIMEOUT_MS = 5_000;

/** A process that generates load, one round at a time: the counterpart of `serveRounds`. */
export class LoadProcess {
  #child;
  #name;

  constructor(child, name) {
    this.#child = child;
    this.#name = name;
  }

  /**
   * @param {import("./resources.mjs").Resources} resources
   * @param {URL} script calls `serveRounds`.
   * @param {object} options the common options of its rounds.
   */
  static async start(resources, script, options) {
    const child = resources.open(
      () => fork(script, { serialization: "advanced", ...OWN_GROUP }),
      (started) => endProcess(started, STOP_TIMEOUT_MS),
    );
    const load = new LoadProcess(child, script.pathname.split("/").at(-1));
    await load.#send({ options });
    return load;
  }

  get pid() {
    return this.#child.pid;
  }

  /**
   * @param {import("./load-worker.mjs").Round} round
   * @returns {Promise<import("./load-loop.mjs").Measured>}
   */
  run(round) {
    return this.#send({ round });
  }

  #send(message) {
    return new Promise((resolve, reject) => {
      const onAnswer = ({ failure, value }) => {
        this.#child.off("exit", onExit);
        if (failure === undefined) resolve(value);
        else reject(new Error(`${this.#name} failed: ${failure}`));
      };
      const onExit = (code, signal) => {
        this.#child.off("message", onAnswer);
        reject(new Error(`${this.#name} ended unexpectedly (${signal ?? code}).`));
      };
      if (hasEnded(this.#child)) {
        onExit(this.#child.exitCode, this.#child.signalCode);
        return;
      }
      this.#child.once("message", onAnswer).once("exit", onExit);
      this.#child.send(message, (error) => error && reject(error));
    });
  }
}
