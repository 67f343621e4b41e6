import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startResponseTimeout } from "../../../src/rate-limits/response-timeout.js";

function keepBusy(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

describe("startResponseTimeout", () => {
  it("ends once by itself", async () => {
    const onEnd = vi.fn();
    startResponseTimeout(5, onEnd);
    await vi.waitUntil(() => onEnd.mock.calls.length > 0);
    await turn();
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it("does not count the time in which the process was busy", async () => {
    const onEnd = vi.fn();
    const stop = startResponseTimeout(50, onEnd);
    onTestFinished(stop);
    keepBusy(100);
    await turn();
    await turn();
    expect(onEnd).not.toHaveBeenCalled();
  });

  it("processes pending input before it ends", async () => {
    const socket = createSocket("udp4");
    onTestFinished(() => void socket.close());
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    socket.connect(socket.address().port, "127.0.0.1");
    await once(socket, "connect");
    const heard: string[] = [];
    socket.on("message", () => heard.push("answer"));
    await new Promise<void>((resolve) => {
      // After the loop is free again, Node runs timers first, and then sockets.
      setImmediate(() => {
        const onEnd = (): void => {
          heard.push("end");
          resolve();
        };
        startResponseTimeout(1, onEnd, 1);
        socket.send("answer");
        keepBusy(5);
      });
    });
    expect(heard).toEqual(["answer", "end"]);
  });

  it("never ends after it is stopped, even in its last turn", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const onEnd = vi.fn();
    const [first, last] = [startResponseTimeout(9, onEnd), startResponseTimeout(5, onEnd, 1)];
    first();
    // The timer has fired, but the turn in which the timeout ends has not started.
    vi.advanceTimersToNextTimer();
    last();
    vi.runAllTimers();
    expect(onEnd).not.toHaveBeenCalled();
  });
});
