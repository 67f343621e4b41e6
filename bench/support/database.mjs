import pg from "pg";
import * as server from "../../dist/database/database.js";

const TIMEOUT_MS = 60_000;

/**
 * One connection to prepare a workload and to verify its results.
 *
 * @param {import("./resources.mjs").Resources} resources
 * @param {string} databaseUrl
 */
export async function connect(resources, databaseUrl) {
  const client = resources.open(
    () => new pg.Client({ connectionString: databaseUrl, application_name: "bench" }),
    (opened) => opened.end(),
  );
  client.on("error", () => undefined); // the next query fails, and is reported
  await client.connect();
  return client;
}

/**
 * A pool like that of the server.
 *
 * @param {{ databaseUrl: string, poolSize: number }} options
 */
export function openDatabase({ databaseUrl, poolSize }) {
  return server.openDatabase({
    url: databaseUrl,
    poolSize,
    timeoutMs: TIMEOUT_MS,
    onIdleError: (error) => console.error(error),
  });
}
