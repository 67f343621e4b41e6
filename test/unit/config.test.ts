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

  it("reads the keys of provider secrets, the first one to seal with", () => {
    const key = Buffer.alloc(32, 7);
    const PROVIDER_SECRET_KEYS = `new:${key.toString("base64")}, old:${Buffer.alloc(32).toString("base64")}`;
    expect(readConfig({ PROVIDER_SECRET_KEYS }).providerSecretKeys).toMatchObject([
      { id: "new", key },
      { id: "old" },
    ]);
    expect(readConfig({}).providerSecretKeys).toEqual([]);
  });

  it.each(["a-secret-without-an-id", "id:dG9vIHNob3J0", `:${"A".repeat(43)}=`])(
    "refuses the key %j and does not repeat it",
    (PROVIDER_SECRET_KEYS) => {
      const read = (): unknown => readConfig({ PROVIDER_SECRET_KEYS });
      expect(read).toThrow("PROVIDER_SECRET_KEYS");
      expect(read).not.toThrow(PROVIDER_SECRET_KEYS);
    },
  );

  it("refuses two keys of one id", () => {
    const entry = `same:${Buffer.alloc(32).toString("base64")}`;
    expect(() => readConfig({ PROVIDER_SECRET_KEYS: `${entry},${entry}` })).toThrow("each id once");
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
