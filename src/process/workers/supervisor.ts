import type { Logger } from "pino";
import { WorkerStartError } from "../worker-start-error.js";
import { RestartPause } from "./restart-pause.js";
import type { ToPrimary, ToWorker } from "./messages.js";

/** A process that serves, as the primary process sees it. */
export interface WorkerProcess {
  readonly id: number;
  readonly pid: number | undefined;
  /** A message to a worker that has just ended is lost, and no error. */
  tell(message: ToWorker): void;
  kill(): void;
  onMessage(hear: (message: ToPrimary) => void): void;
  onExit(hear: (code: number | null, signal: string | null) => void): void;
}

export interface SupervisorOptions {
  readonly count: number;
  readonly log: Logger;
  readonly fork: () => WorkerProcess;
  /** Hears what workers say, but for what the supervisor itself needs. */
  readonly onMessage: (worker: WorkerProcess, message: ToPrimary) => void;
  /** Told when a worker ended and is to be replaced. */
  readonly onEnd: (worker: WorkerProcess) => void;
}

/**
 * Keeps a number of workers running. Until all of them listen, the end of one is the end of the whole;
 * from then on one that ends is replaced, after a pause that grows when it keeps ending early.
 */
export class Supervisor {
  private readonly running = new Map<number, WorkerProcess>();
  private readonly pauses = new Set<NodeJS.Timeout>();
  private readonly listening = new Set<number>();
  private hasStarted = false;
  private isStopping = false;
  private readonly whenStarted: PromiseWithResolvers<string> = withResolvers();
  private readonly whenGone: PromiseWithResolvers<undefined> = withResolvers();

  constructor(private readonly options: SupervisorOptions) {}

  /** Those that serve, and neither start nor have ended. */
  get serving(): WorkerProcess[] {
    return this.all().filter(({ id }) => this.listening.has(id));
  }

  /**
   * @returns where the workers listen, once all of them do.
   * @throws WorkerStartError when one of them cannot; the others are ended then.
   */
  start(): Promise<string> {
    for (let place = 0; place < this.options.count; place++) this.fill(new RestartPause());
    return this.whenStarted.promise;
  }

  tellAll(message: ToWorker, but?: WorkerProcess): void {
    for (const worker of this.all()) if (worker !== but) worker.tell(message);
  }

  /**
   * Lets the workers answer what they have begun. Replaces none any more.
   *
   * @param patienceMs after which those that are left are killed.
   */
  async stop(patienceMs: number): Promise<void> {
    this.isStopping = true;
    for (const pause of this.pauses) clearTimeout(pause);
    this.noteGone();
    this.tellAll({ type: "stop" });
    const cutOff = setTimeout(() => {
      this.options.log.warn("some workers did not stop in time and are killed");
      this.killAll();
    }, patienceMs);
    await this.whenGone.promise;
    clearTimeout(cutOff);
  }

  /** Has a worker in a place that is empty. */
  private fill(pause: RestartPause): void {
    const worker = this.options.fork();
    const bornAt = performance.now();
    let reason: string | undefined;
    this.running.set(worker.id, worker);
    worker.onMessage((message) => {
      if (message.type === "failed") {
        reason = message.reason;
        worker.kill();
      } else if (message.type === "online" && this.isStopping) {
        worker.tell({ type: "stop" });
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
      const pauseMs = pause.afterLife(performance.now() - bornAt);
      const ended = { worker: worker.pid, code, signal, reason, pauseMs };
      this.options.log.error(ended, "a worker ended; another one takes its place");
      this.fillAfter(pauseMs, pause);
    });
  }

  private fillAfter(pauseMs: number, pause: RestartPause): void {
    const timer = setTimeout(() => {
      this.pauses.delete(timer);
      this.fill(pause);
    }, pauseMs);
    this.pauses.add(timer);
  }

  private listens(worker: WorkerProcess, origin: string): void {
    this.listening.add(worker.id);
    if (this.hasStarted) {
      this.options.log.info({ worker: worker.pid }, "a worker took the place of one that ended");
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

/** As `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}
