import type { Logger } from "pino";
import { WorkerStartError } from "../worker-start-error.js";
import { RestartBackoff } from "./restart-backoff.js";
import type { ToPrimary, ToWorker } from "./messages.js";

/** A worker process, as seen by the primary process. */
export interface WorkerProcess {
  readonly id: number;
  readonly pid: number | undefined;
  /** Sends a message. A message to a worker that has just ended is lost without an error. */
  send(message: ToWorker): void;
  kill(): void;
  onMessage(listener: (message: ToPrimary) => void): void;
  onExit(listener: (code: number | null, signal: string | null) => void): void;
}

export interface SupervisorOptions {
  readonly count: number;
  readonly log: Logger;
  readonly fork: () => WorkerProcess;
  /** Receives the messages of workers, except those that only the supervisor needs. */
  readonly onMessage: (worker: WorkerProcess, message: ToPrimary) => void;
  /** Called when a worker ended and will be replaced. */
  readonly onEnd: (worker: WorkerProcess) => void;
}

/**
 * Keeps a number of workers running. Until all of them listen, the end of one ends the server. Afterwards, a worker
 * that ends is replaced, after a delay that increases while its replacements end early.
 */
export class Supervisor {
  private readonly running = new Map<number, WorkerProcess>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly listening = new Set<number>();
  private hasStarted = false;
  private isStopping = false;
  private readonly whenStarted: PromiseWithResolvers<string> = withResolvers();
  private readonly whenGone: PromiseWithResolvers<undefined> = withResolvers();

  constructor(private readonly options: SupervisorOptions) {}

  /** The workers that serve: those that are starting or have ended are excluded. */
  get serving(): WorkerProcess[] {
    return this.all().filter(({ id }) => this.listening.has(id));
  }

  /**
   * @returns the URL that the workers listen on, once all of them do.
   * @throws WorkerStartError if one of them cannot start. The others are then stopped.
   */
  start(): Promise<string> {
    for (let place = 0; place < this.options.count; place++) this.fill(new RestartBackoff());
    return this.whenStarted.promise;
  }

  sendToAll(message: ToWorker, but?: WorkerProcess): void {
    for (const worker of this.all()) if (worker !== but) worker.send(message);
  }

  /**
   * Lets the workers finish their running requests and stop. Ended workers are no longer replaced.
   *
   * @param timeoutMs the time after which the remaining workers are killed.
   */
  async stop(timeoutMs: number): Promise<void> {
    this.isStopping = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.noteGone();
    this.sendToAll({ type: "stop" });
    const cutOff = setTimeout(() => {
      this.options.log.warn("some workers did not stop in time; killing them");
      this.killAll();
    }, timeoutMs);
    await this.whenGone.promise;
    clearTimeout(cutOff);
  }

  /** Starts a worker, and replaces it when it ends. */
  private fill(backoff: RestartBackoff): void {
    const worker = this.options.fork();
    const bornAt = performance.now();
    let reason: string | undefined;
    this.running.set(worker.id, worker);
    worker.onMessage((message) => {
      if (message.type === "failed") {
        reason = message.reason;
        worker.kill();
      } else if (message.type === "online" && this.isStopping) {
        worker.send({ type: "stop" });
      } else {
        if (message.type === "listening") this.listens(worker, message.origin);
        this.options.onMessage(worker, message);
      }
    });
    worker.onExit((code, signal) => {
      this.running.delete(worker.id);
      this.listening.delete(worker.id);
      if (this.isStopping) {
        this.noteGone();
        return;
      }
      if (!this.hasStarted) {
        this.giveUp(reason ?? `A worker ended (${signal ?? String(code)}) before it could serve.`);
        return;
      }
      this.options.onEnd(worker);
      const delayMs = backoff.delayAfter(performance.now() - bornAt);
      const ended = { worker: worker.pid, code, signal, reason, delayMs };
      this.options.log.error(ended, "a worker ended unexpectedly; replacing it");
      this.fillAfter(delayMs, backoff);
    });
  }

  private fillAfter(delayMs: number, backoff: RestartBackoff): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.fill(backoff);
    }, delayMs);
    this.timers.add(timer);
  }

  private listens(worker: WorkerProcess, origin: string): void {
    this.listening.add(worker.id);
    if (this.hasStarted) {
      this.options.log.info({ worker: worker.pid }, "a worker has replaced one that ended");
    } else if (this.listening.size === this.options.count && !this.isStopping) {
      this.hasStarted = true;
      this.whenStarted.resolve(origin);
    }
  }

  private giveUp(reason: string): void {
    this.isStopping = true;
    void this.whenGone.promise.then(() => {
      this.whenStarted.reject(new WorkerStartError(reason));
    });
    this.killAll();
    this.noteGone();
  }

  private noteGone(): void {
    if (this.running.size === 0) this.whenGone.resolve(undefined);
  }

  private all(): WorkerProcess[] {
    return [...this.running.values()];
  }

  private killAll(): void {
    for (const worker of this.all()) worker.kill();
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** Does the same as `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}
