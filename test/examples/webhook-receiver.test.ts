import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { newEndpoint } from "../support/webhooks.js";

let server: TestServer;
let merchant: TestMerchant;
let receiver: ChildProcess;

beforeAll(async () => {
  server = await TestServer.start({
    webhookAllowedNetworks: ["127.0.0.0/8"],
    webhookDelivery: { timeoutMs: 15_000, retryDelaysMs: [100, 100, 100] },
  });
  merchant = await server.createMerchant();
});

afterAll(async () => {
  receiver.kill();
  await server.stop();
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

it("is a receiver that accepts signed webhooks, once each, and no others", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}/`;
  const { secret } = await newEndpoint(server, merchant.token, { url, types: ["POCKET_CHARGED"] });
  receiver = spawn("node", ["examples/webhooks/receiver.mjs"], {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: receiver.stdout! })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value);
  expect(await nextLine()).toBe("ready");

  const forged = { "webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": "v1,a" };
  const { status } = await fetch(url, { method: "POST", body: "{}", headers: forged });
  expect(status).toBe(401);

  const slug = await server.createGroup({}, merchant);
  const phoneNumber = newPhoneNumber();
  for (const amount of [100, 200]) {
    await chargePockets(server, merchant.token, slug, [charge({ phoneNumber, amount })]);
    const line = await nextLine();
    expect(line).toMatch(/^pocket\.charged \{/);
    const data = JSON.parse(line.slice("pocket.charged ".length)) as object;
    expect(data).toMatchObject({ pocketEntry: { amount, phoneNumber, pocketGroup: { slug } } });
  }
});
