import pg from "pg";

/**
 * One connection to prepare what a workload needs and to look at what became of it.
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
