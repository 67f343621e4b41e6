import { type Logger, pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ToPrimary, ToWorker } from "../../../src/process/workers/messages.js";
import { MAX_DELAY_MS, STABLE_AFTER_MS } from "../../../src/process/workers/restart-backoff.js";
import { Supervisor, type WorkerProcess } from "../../../src/process/workers/supervisor.js";

/** A fake worker process that records the messages it receives. */
class FakeWorker implements WorkerProcess {
  readonly received: ToWorker["type"][] = [];
  hear: (message: ToPrimary) => void = () => undefined;
  end: (code: number | null, signal: string | null) => void = () => undefined;

  constructor(readonly id: number) {}

  get pid(): number {
    return 1_000 + this.id;
  }

  send(message: ToWorker): void {
    this.received.push(message.type);
  }

  kill(): void {
    this.end(null, "SIGKILL");
  }

  onMessage(hear: (message: ToPrimary) => void): void {
    this.hear = hear;
  }

  onExit(end: (code: number | null, signal: string | null) => void): void {
    this.end = end;
  }

  listen(): void {
    this.hear({ type: "listening", origin: "http://127.0.0.1:4000" });
  }
}

function supervise(count: number) {
  const workers: FakeWorker[] = [];
  const logged: string[] = [];
  const log: Logger = pino({}, { write: (line: string) => logged.push(line) });
  const supervisor = new Supervisor({
    count,
    log,
    fork: () => {
      const worker = new FakeWorker(workers.length + 1);
      workers.push(worker);
      return worker;
    },
    onMessage: () => undefined,
    onEnd: () => undefined,
  });
  const latest = (): FakeWorker => workers.at(-1)!;
  return { supervisor, workers, latest, logged };
}

async function started(count: number) {
  const given = supervise(count);
  const origin = given.supervisor.start();
  for (const worker of given.workers) worker.listen();
  await origin;
  return given;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("workers that start", () => {
  it("are ready when all of them listen", async () => {
    const { supervisor, workers } = supervise(2);
    const ready = vi.fn();
    void supervisor.start().then(ready);
    workers[0]!.listen();
    await vi.advanceTimersByTimeAsync(0);
    expect(ready).not.toHaveBeenCalled();
    workers[1]!.listen();
    await vi.advanceTimersByTimeAsync(0);
    expect(ready).toHaveBeenCalledWith("http://127.0.0.1:4000");
  });

  it("are all ended if one of them cannot serve, and its reason is logged", async () => {
    const { supervisor, workers } = supervise(3);
    const start = supervisor.start();
    workers[0]!.listen();
    workers[1]!.hear({ type: "failed", reason: "There is no room." });
    await expect(start).rejects.toThrow("There is no room.");
    await vi.advanceTimersByTimeAsync(MAX_DELAY_MS);
    expect(workers).toHaveLength(3);
    expect(supervisor.serving).toEqual([]);
  });

  it("are all ended if one of them ends without a reason", async () => {
    const { supervisor, workers } = supervise(2);
    const start = supervisor.start();
    workers[0]!.end(null, "SIGSEGV");
    await expect(start).rejects.toThrow("SIGSEGV");
  });
});

describe("a worker that ends", () => {
  it("is logged and replaced at once when it had served for a while", async () => {
    const { supervisor, workers, latest, logged } = await started(2);
    await vi.advanceTimersByTimeAsync(STABLE_AFTER_MS);
    workers[0]!.end(134, null);
    expect(supervisor.serving).toEqual([workers[1]]);
    await vi.advanceTimersByTimeAsync(0);
    expect(workers).toHaveLength(3);
    expect(JSON.parse(logged[0]!)).toMatchObject({ worker: 1_001, code: 134, signal: null });
    latest().listen();
    expect(supervisor.serving).toEqual([workers[1], latest()]);
  });

  it("is replaced after increasing, bounded delays while it keeps ending early", async () => {
    const { workers, latest } = await started(1);
    const pauses: number[] = [];
    for (let death = 0; death < 12; death++) {
      const count = workers.length;
      latest().end(1, null);
      const diedAt = performance.now();
      while (workers.length === count) await vi.advanceTimersToNextTimerAsync();
      pauses.push(performance.now() - diedAt);
    }
    expect(pauses.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(pauses.slice(-3)).toEqual([MAX_DELAY_MS, MAX_DELAY_MS, MAX_DELAY_MS]);

    await vi.advanceTimersByTimeAsync(STABLE_AFTER_MS);
    latest().end(1, null);
    await vi.advanceTimersByTimeAsync(0);
    expect(workers).toHaveLength(14);
    latest().end(1, null);
    await vi.advanceTimersByTimeAsync(99);
    expect(workers).toHaveLength(14);
    await vi.advanceTimersByTimeAsync(1);
    expect(workers).toHaveLength(15);
  });

  it("is replaced, and its reason logged, when it takes another's place and cannot serve", async () => {
    const { workers, latest, logged } = await started(1);
    latest().end(1, null);
    await vi.advanceTimersByTimeAsync(100);
    latest().hear({ type: "failed", reason: "There is no room." });
    expect(JSON.parse(logged.at(-1)!)).toMatchObject({ reason: "There is no room." });
    await vi.advanceTimersByTimeAsync(MAX_DELAY_MS);
    expect(workers).toHaveLength(3);
  });
});

describe("a stop", () => {
  it("waits for every worker and replaces none, including those that are waiting to restart", async () => {
    const { supervisor, workers, latest } = await started(2);
    workers[0]!.end(1, null); // restarted after a delay
    const isStopped = vi.fn();
    void supervisor.stop(10_000).then(isStopped);
    expect(latest().received).toEqual(["stop"]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(isStopped).not.toHaveBeenCalled();
    latest().end(0, null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(isStopped).toHaveBeenCalled();
    expect(workers).toHaveLength(2);
  });

  it("is sent to a worker that was still loading when it began", async () => {
    const { supervisor, workers } = supervise(1);
    void supervisor.start();
    void supervisor.stop(10_000);
    workers[0]!.hear({ type: "online" });
    expect(workers[0]!.received.at(-1)).toBe("stop");
    await vi.advanceTimersByTimeAsync(0);
  });

  it("kills workers that do not end in time", async () => {
    const { supervisor } = await started(2);
    const stopped = supervisor.stop(10_000);
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(stopped).resolves.toBeUndefined();
    expect(supervisor.serving).toEqual([]);
  });
});
