import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../../src/config/config.js";

describe("readConfig", () => {
  it("requires no variables", () => {
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

  it("treats an empty variable as unset", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: "" })).toEqual(readConfig({}));
  });

  it("reads the URLs of replicas, and never repeats the password of an invalid one", () => {
    const [first, second] = ["postgresql://u:p@one:5432/db", "postgres://u:p@two/db"];
    const urls = { DATABASE_REPLICA_URLS: `${first}, ${second}` };
    expect(readConfig(urls).databaseReplicaUrls).toEqual([first, second]);
    expect(readConfig({}).databaseReplicaUrls).toEqual([]);
    const wrong = { DATABASE_REPLICA_URLS: `${first},mysql://u:hush@three/db` };
    expect(() => readConfig(wrong)).toThrow(/DATABASE_REPLICA_URLS.*number 2 is not one/);
    expect(() => readConfig(wrong)).not.toThrow(/hush/);
  });

  it("disables introspection in production unless it is enabled", () => {
    expect(readConfig({ NODE_ENV: "production" }).introspection).toBe(false);
    expect(readConfig({ NODE_ENV: "production", INTROSPECTION: "true" }).introspection).toBe(true);
    expect(readConfig({ INTROSPECTION: "false" }).introspection).toBe(false);
  });

  it("serves the playground except in production or if turned off, regardless of introspection", () => {
    expect(readConfig({}).playground).toBe(true);
    expect(readConfig({ PLAYGROUND: "false" }).playground).toBe(false);
    expect(readConfig({ NODE_ENV: "production" }).playground).toBe(false);
    expect(readConfig({ NODE_ENV: "production", INTROSPECTION: "true" }).playground).toBe(false);
    expect(readConfig({ NODE_ENV: "production", PLAYGROUND: "true" }).playground).toBe(true);
    expect(() => readConfig({ PLAYGROUND: "yes" })).toThrow("PLAYGROUND");
  });

  it("serves the console, also in production, unless it is turned off", () => {
    expect(readConfig({}).console).toBe(true);
    expect(readConfig({ NODE_ENV: "production" }).console).toBe(true);
    expect(readConfig({ CONSOLE: "false" }).console).toBe(false);
  });

  it("executes only persisted documents if told to, which needs documents and turns the playground and the console off", () => {
    const PERSISTED_DOCUMENTS = "./persisted";
    expect(readConfig({})).toMatchObject({ persistedDocuments: undefined, persistedOnly: false });
    expect(readConfig({ PERSISTED_DOCUMENTS })).toMatchObject({
      persistedDocuments: resolve("persisted"),
      persistedOnly: false,
      playground: true,
    });
    const only = { PERSISTED_DOCUMENTS, PERSISTED_ONLY: "true" };
    expect(readConfig(only)).toMatchObject({
      persistedOnly: true,
      playground: false,
      console: false,
    });
    expect(readConfig({ ...only, PLAYGROUND: "true" }).playground).toBe(true);
    expect(readConfig({ ...only, CONSOLE: "true" }).console).toBe(true);
    const read = (): unknown => readConfig({ PERSISTED_ONLY: "true", PORT: "none" });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow("PERSISTED_ONLY: requires PERSISTED_DOCUMENTS");
    expect(read).toThrow("PORT: expected a whole number");
  });

  it("has no demo in production unless DEMO=true", () => {
    expect(readConfig({}).demo).toBe(true);
    expect(readConfig({ DEMO: "false" }).demo).toBe(false);
    expect(readConfig({ NODE_ENV: "production" }).demo).toBe(false);
    expect(readConfig({ NODE_ENV: "production", DEMO: "true" }).demo).toBe(true);
  });

  it("allows this machine's and the configured names on loopback, elsewhere the configured names or all", () => {
    const own = ["localhost", "127.0.0.1", "[::1]"];
    const configured = { ALLOWED_HOSTS: "API.example.com., [2001:db8:0::1]" };
    const names = ["api.example.com", "[2001:db8::1]"];
    for (const HOST of [
      "127.0.0.1",
      "127.1.2.3",
      "::1",
      "0:0:0:0:0:0:0:1",
      "localhost",
      "::ffff:127.0.0.1",
    ]) {
      expect(readConfig({ HOST }).allowedHosts).toEqual(own);
      expect(readConfig({ HOST, ...configured }).allowedHosts).toEqual([...own, ...names]);
    }
    for (const HOST of ["0.0.0.0", "::", "10.1.2.3", "server.example"]) {
      expect(readConfig({ HOST }).allowedHosts).toBeUndefined();
      expect(readConfig({ HOST, ...configured }).allowedHosts).toEqual(names);
    }
    for (const wrong of ["a:4000", "https://a", "*", "a,,b", "[::1]:1", "::1", "a b", "u@a"]) {
      expect(() => readConfig({ ALLOWED_HOSTS: wrong })).toThrow("ALLOWED_HOSTS");
    }
  });

  it("serves metrics except in production or if turned off", () => {
    expect(readConfig({}).metrics).toBe(true);
    expect(readConfig({ METRICS: "false" }).metrics).toBe(false);
    expect(readConfig({ NODE_ENV: "production" }).metrics).toBe(false);
    expect(readConfig({ NODE_ENV: "production", METRICS: "true" }).metrics).toBe(true);
  });

  it("serves from one process unless WORKERS is a larger number, or auto for one per core", () => {
    expect(readConfig({}).workers).toBe(1);
    expect(readConfig({ WORKERS: "3" }).workers).toBe(3);
    expect(readConfig({ WORKERS: "auto" }).workers).toBe(Math.min(availableParallelism(), 64));
  });

  it.each(["0", "-1", "1.5", "65", "many", "0x2", "1e1"])("refuses WORKERS=%s", (WORKERS) => {
    expect(() => readConfig({ WORKERS })).toThrow(
      `WORKERS: expected a number from 1 to 64, or \`auto\` for one per core; not "${WORKERS}"`,
    );
  });

  it("lets pages of this machine read responses except in production, and others only if CORS_ORIGINS lists them", () => {
    expect(readConfig({}).corsOrigins).toEqual(["localhost"]);
    expect(readConfig({ CORS_ORIGINS: "" }).corsOrigins).toEqual(["localhost"]);
    expect(readConfig({ CORS_ORIGINS: "none" }).corsOrigins).toEqual([]);
    expect(readConfig({ NODE_ENV: "production" }).corsOrigins).toEqual([]);
    const production = { NODE_ENV: "production", CORS_ORIGINS: "localhost,https://a.example" };
    expect(readConfig(production).corsOrigins).toEqual(["localhost", "https://a.example"]);
    const CORS_ORIGINS = "https://app.example.com, http://127.0.0.1:8080,http://[::1]:3000";
    expect(readConfig({ CORS_ORIGINS }).corsOrigins).toEqual([
      "https://app.example.com",
      "http://127.0.0.1:8080",
      "http://[::1]:3000",
    ]);
    expect(readConfig({ CORS_ORIGINS: "*" }).corsOrigins).toEqual(["*"]);
  });

  it.each([
    ["has no scheme", "app.example.com"],
    ["has a path", "https://app.example.com/"],
    ["is in upper case, as no browser sends it", "https://APP.example.com"],
    ["names the port that its scheme has anyway", "https://app.example.com:443"],
    ["is no page's scheme", "ftp://app.example.com"],
    ["is the origin of pages that have none", "null"],
    ["is empty, after a comma too many", "https://app.example.com,"],
    ["has a user", "https://somebody@app.example.com"],
    ["is a pattern", "https://*.example.com"],
  ])("refuses an entry of CORS_ORIGINS that %s, and reports it", (_, CORS_ORIGINS) => {
    const wrong = JSON.stringify(CORS_ORIGINS.split(",").at(-1));
    const read = (): unknown => readConfig({ CORS_ORIGINS });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow("CORS_ORIGINS: expected origins such as");
    expect(read).toThrow(`not ${wrong}`);
  });

  it("reads the keys of provider secrets, the first one for encryption", () => {
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

  it("limits only failed authentication by default", () => {
    const { requests, charges, slowsFailedAuthentication } = readConfig({}).rateLimits;
    expect([requests, charges, slowsFailedAuthentication]).toEqual([undefined, undefined, true]);
    const env = { RATE_LIMIT_REQUESTS: "600/minute", RATE_LIMIT_CHARGES: "1000/second" };
    expect(readConfig({ ...env, SLOW_FAILED_AUTHENTICATION: "false" }).rateLimits).toEqual({
      requests: { count: 600, per: "minute" },
      charges: { count: 1_000, per: "second" },
      slowsFailedAuthentication: false,
    });
  });

  it.each([
    ["RATE_LIMIT_REQUESTS", "0/minute"],
    ["RATE_LIMIT_REQUESTS", "600"],
    ["RATE_LIMIT_REQUESTS", "600/hour"],
    ["RATE_LIMIT_REQUESTS", "1.5/second"],
    ["RATE_LIMIT_REQUESTS", "9999999999/minute"],
    ["RATE_LIMIT_CHARGES", "999/second"],
  ])("refuses %s=%s, which is impossible to satisfy", (name, text) => {
    expect(() => readConfig({ [name]: text })).toThrow(`${name}: expected a number from`);
  });

  it("trusts no proxy unless TRUST_PROXY lists it", () => {
    expect(readConfig({}).trustedProxies).toEqual([]);
    const TRUST_PROXY = "loopback, 10.0.0.0/8,2001:db8::1";
    expect(readConfig({ TRUST_PROXY }).trustedProxies).toEqual([
      "loopback",
      "10.0.0.0/8",
      "2001:db8::1",
    ]);
  });

  it.each([
    "true",
    "1",
    "*",
    "0.0.0.0/0",
    "10.0.0.0/33",
    "10.0.0.0/",
    "proxy.example.com",
    "10.0.0.1,",
  ])("refuses TRUST_PROXY=%s", (TRUST_PROXY) => {
    expect(() => readConfig({ TRUST_PROXY })).toThrow("TRUST_PROXY: expected addresses");
  });

  it("explains a wrong variable like the documentation, without links", () => {
    const read = (): unknown => readConfig({ SLOW_QUERY_MS: "1s" });
    expect(read).toThrow('SLOW_QUERY_MS: expected a whole number from 0 to 600000; not "1s"');
    expect(read).toThrow("(how long a statement takes to be logged as slow; `0` logs none)");
  });

  it("reports every invalid variable at once", () => {
    const read = (): unknown =>
      readConfig({ PORT: "abc", DATABASE_URL: "mysql://x", LOG_LEVEL: "loud", INTROSPECTION: "1" });
    expect(read).toThrow(ConfigError);
    for (const name of ["PORT", "DATABASE_URL", "LOG_LEVEL", "INTROSPECTION"]) {
      expect(read).toThrow(name);
    }
  });
});
