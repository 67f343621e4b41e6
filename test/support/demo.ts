import { Demo } from "../../src/demo/demo.js";
import { cloneDatabaseUrl, createTestDatabase, openTestDatabase } from "./database.js";
import { oncePerRun } from "./once-per-run.js";
import { TestServer } from "./server.js";

/** Shared by all servers of a test run that use the demo, because its secrets are encrypted with this key. */
export const DEMO_KEY = { id: "test", key: Buffer.alloc(32, "demo") };

/** A database with the demo for one server: a clone of one that is created once per run, which takes seconds. */
export async function createDemoDatabaseUrl(): Promise<string> {
  return cloneDatabaseUrl(await oncePerRun("demo-database", makeTemplate));
}

async function makeTemplate(): Promise<string> {
  const server = await TestServer.start({
    database: await createTestDatabase(),
    secretKeys: [DEMO_KEY],
  });
  await new Demo(server.app).seed();
  // Remove this server's operator: each clone gets its own.
  await server.database.pool.query("delete from api_tokens");
  await server.stop();
  return server.database.url;
}

/** Starts a server with the demo's records on its own database. */
export async function startDemoServer(
  options: Omit<
    NonNullable<Parameters<typeof TestServer.start>[0]>,
    "database" | "secretKeys"
  > = {},
): Promise<{ server: TestServer; demo: Demo }> {
  const database = openTestDatabase(await createDemoDatabaseUrl());
  const server = await TestServer.start({ ...options, database, secretKeys: [DEMO_KEY] });
  return { server, demo: new Demo(server.app) };
}
