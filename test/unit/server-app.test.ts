import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/config.js";
import { type ServerApp, closeInTime } from "../../src/process/server-app.js";

describe("a server that stops", () => {
  it.each(["0", "1"])("is not ready during its delay of %s ms before it closes", async (delay) => {
    const done: string[] = [];
    const does = (what: string) => () => {
      done.push(what);
      return Promise.resolve();
    };
    const http = { server: { closeAllConnections: () => undefined } };
    const app = {
      ...{ http, drain: does("drain"), close: does("close") },
      deliverTraces: does("deliver"),
    };
    const config = readConfig({ SHUTDOWN_DELAY_MS: delay, SHUTDOWN_TIMEOUT_MS: "60000" });
    await closeInTime(app as unknown as ServerApp, config, pino({ level: "silent" }));
    expect(done).toEqual(["drain", "close", "deliver"]);
  });
});
