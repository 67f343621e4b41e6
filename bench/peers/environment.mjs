/** The settings that the benchmark passes to a peer. */
const { DATABASE_URL, PORT = "0", POOL_SIZE = "10" } = process.env;

export const databaseUrl = DATABASE_URL;
export const port = Number(PORT);
export const poolSize = Number(POOL_SIZE);
export const host = "127.0.0.1";

/** Reports the address to the benchmark. @param {import("node:net").Server} server which is listening. */
export function announce(server) {
  console.log(`ready: http://${host}:${server.address().port}/graphql`);
}
