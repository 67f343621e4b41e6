import { openTestDatabase } from "./database.js";
import { TestServer, newSecretKey } from "./server.js";

/** Starts two servers on one database, which deliver webhooks to this machine and soon repeat what fails. */
export async function startDeliveringServers(timeoutMs: number): Promise<[TestServer, TestServer]> {
  const options = {
    webhookAllowedNetworks: ["127.0.0.1/32"],
    webhookDelivery: {
      timeoutMs,
      pollMs: 20,
      retryDelaysMs: Array.from({ length: 1_000 }, () => 10),
    },
    secretKeys: [newSecretKey("test")],
  };
  const first = await TestServer.start(options);
  const database = openTestDatabase(first.database.url);
  return [first, await TestServer.start({ ...options, database })];
}
