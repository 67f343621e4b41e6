import { Demo } from "../../src/demo/demo.js";
import { cloneDatabaseUrl, createTestDatabase, openTestDatabase } from "./database.js";
import { TestServer, newSecretKey } from "./server.js";

/** Shared by all servers of a worker that use the demo, because its secrets are encrypted with this key. */
export const DEMO_KEY = newSecretKey("test");

/** A worker clones this database for each of its servers with the demo, because creating the demo takes seconds. */
let template: Promise<string> | undefined;

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
  const url = await cloneDatabaseUrl(await (template ??= makeTemplate()));
  const database = openTestDatabase(url);
  const server = await TestServer.start({ ...options, database, secretKeys: [DEMO_KEY] });
  return { server, demo: new Demo(server.app) };
}
