/** What the benchmark tells a peer. */
const { DATABASE_URL, PORT = "0", POOL_SIZE = "10" } = process.env;

export const databaseUrl = DATABASE_URL;
export const port = Number(PORT);
export const poolSize = Number(POOL_SIZE);
export const host = "127.0.0.1";

/** @param {import("node:net").Server} server listening. Tells the benchmark where. */
export function announce(server) {
  console.log(`ready: http://${host}:${server.address().port}/graphql`);
}
