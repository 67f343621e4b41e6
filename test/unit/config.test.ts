import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../../src/config.js";

describe("readConfig", () => {
  it("needs nothing to be set", () => {
    expect(readConfig({})).toMatchObject({
      host: "127.0.0.1",
      port: 4000,
      dataDir: resolve("data"),
      databaseUrl: undefined,
      databasePoolSize: 10,
      introspection: true,
      logLevel: "info",
    });
  });

  it("takes a variable that is set to nothing as not set", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: "" })).toEqual(readConfig({}));
  });

  it("closes introspection in production unless it is asked for", () => {
    expect(readConfig({ NODE_ENV: "production" }).introspection).toBe(false);
    expect(readConfig({ NODE_ENV: "production", INTROSPECTION: "true" }).introspection).toBe(true);
    expect(readConfig({ INTROSPECTION: "false" }).introspection).toBe(false);
  });

  it("names every variable that is wrong at once", () => {
    const read = (): unknown =>
      readConfig({ PORT: "abc", DATABASE_URL: "mysql://x", LOG_LEVEL: "loud", INTROSPECTION: "1" });
    expect(read).toThrow(ConfigError);
    for (const name of ["PORT", "DATABASE_URL", "LOG_LEVEL", "INTROSPECTION"]) {
      expect(read).toThrow(name);
    }
  });
});
