import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";
import {
  WebhookSender,
  type WebhookSenderOptions,
} from "../../../src/webhooks/delivery/webhook-sender.service.js";
import { CERTIFIED_NAME, RECEIVER_CERTIFICATE } from "../../support/receiver-certificate.js";
import {
  type Reaction,
  type ReceiverOptions,
  WebhookReceiver,
  verified,
} from "../../support/webhook-receiver.js";

const receivers: WebhookReceiver[] = [];
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
});

async function startReceiver(options: ReceiverOptions = {}): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.start(options);
  receivers.push(receiver);
  return receiver;
}

const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
const SECRET = newSecret();
const THIS_MACHINE = ["127.0.0.1/32", "::1/128"];

function messageTo(url: string, secrets = [SECRET]) {
  const timestamp = Math.floor(Date.now() / 1_000);
  return { url, secrets, id: "evt_1", timestamp, body: JSON.stringify({ type: "pocket.charged" }) };
}

function sender(options: Partial<WebhookSenderOptions> = {}): WebhookSender {
  return new WebhookSender({ allowedNetworks: THIS_MACHINE, timeoutMs: 5_000, ...options });
}

async function sendTo(reaction: Reaction, options?: Partial<WebhookSenderOptions>) {
  const receiver = await startReceiver({ react: () => reaction });
  return { receiver, result: await sender(options).send(messageTo(receiver.url)) };
}

describe("a signature", () => {
  it("is verified by the published package", async () => {
    const { receiver, result } = await sendTo({ status: 200, body: "thanks" });
    expect(result).toMatchObject({ hasResponse: true, status: 200, body: "thanks" });
    const [received] = receiver.received;
    expect(received).toMatchObject({
      id: "evt_1",
      headers: { "content-type": "application/json" },
    });
    expect(verified(SECRET, received!)).toEqual({ type: "pocket.charged" });
    expect(() => verified(newSecret(), received!)).toThrow("No matching signature");
  });

  it("is verified with either secret while they rotate", async () => {
    const receiver = await startReceiver();
    const secrets = [newSecret(), newSecret()];
    await sender().send(messageTo(receiver.url, secrets));
    for (const secret of secrets)
      expect(verified(secret, receiver.received[0]!)).toEqual({ type: "pocket.charged" });
  });

  it("is equal to the signature of the published package", async () => {
    const receiver = await startReceiver();
    const message = messageTo(receiver.url);
    await sender().send(message);
    const sentAt = new Date(message.timestamp * 1_000);
    expect(receiver.received[0]?.headers["webhook-signature"]).toBe(
      new Webhook(SECRET).sign(message.id, sentAt, message.body),
    );
  });
});

describe("a receiver", () => {
  it.each([200, 204, 302, 410, 500])(
    "that answers %i is reported with its status",
    async (status) => {
      const headers = { location: "http://127.0.0.1/elsewhere", "retry-after": "120" };
      const { receiver, result } = await sendTo({ status, headers });
      expect(result).toMatchObject({ hasResponse: true, status, retryAfter: "120" });
      // No redirect is followed.
      expect(receiver.received).toHaveLength(1);
    },
  );

  it("that does not answer is given up after the timeout", async () => {
    const { result } = await sendTo("HANG", { timeoutMs: 200 });
    const error = "The receiver did not respond within 200 ms.";
    expect(result).toMatchObject({ hasResponse: false, error });
    expect(result.durationMs).toBeLessThan(2_000);
  });

  it("that never ends its answer is reported with its status and the start", async () => {
    const { result } = await sendTo("HANG_IN_BODY", { timeoutMs: 300 });
    expect(result).toMatchObject({ hasResponse: true, status: 200, body: "the beginning" });
    expect(result.durationMs).toBeLessThan(2_000);
  });

  it("that answers at length is read up to a kilobyte, at a whole character", async () => {
    const { result } = await sendTo({
      status: 200,
      body: "a".repeat(1_023) + "é".repeat(10_000_000),
    });
    expect(result).toMatchObject({ status: 200, body: "a".repeat(1_023) });
  });

  it("that answers with NUL is reported with text that PostgreSQL can store", async () => {
    const { result } = await sendTo({ status: 200, body: "a\0b" });
    expect(result).toMatchObject({ body: "a\ufffdb" });
  });

  it("that closes the connection without an answer is reported", async () => {
    const { result } = await sendTo("BREAK");
    expect(result).toMatchObject({ error: "The request failed: UND_ERR_SOCKET." });
  });

  it("that does not speak HTTP is reported", async () => {
    const { result } = await sendTo("GARBAGE");
    expect(result).toMatchObject({ error: "The response is not valid HTTP." });
  });

  it("that does not listen is reported", async () => {
    const receiver = await startReceiver();
    const { url } = receiver;
    await receiver.stop();
    receivers.splice(0);
    expect(await sender().send(messageTo(url))).toMatchObject({
      hasResponse: false,
      error: "The request failed: ECONNREFUSED.",
    });
  });
});

describe("an address", () => {
  it("outside the internet gets no request, unless the operator allows its network", async () => {
    const receiver = await startReceiver({ isTls: true });
    const urls = ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"].map((host) =>
      receiver.urlAs(host),
    );
    for (const url of urls) {
      const result = await sender({ allowedNetworks: ["10.0.0.0/8"] }).send(messageTo(url));
      expect(result).toHaveProperty("error", expect.stringContaining("is not on the internet"));
    }
    expect(receiver.received).toEqual([]);
  });

  it("is connected to as it was checked, when the name resolves differently the next time", async () => {
    const allowed = await startReceiver();
    const { port } = allowed;
    const internal = await startReceiver({ host: "127.0.0.2", port });
    const answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2", "127.0.0.1"]];
    const asked: string[] = [];
    const rebinding = sender({
      resolveName: (name) => Promise.resolve(answers[asked.push(name) - 1] ?? []),
    });
    const message = messageTo(allowed.urlAs("receiver.test"));

    expect(await rebinding.send(message)).toMatchObject({ status: 204 });
    expect(await rebinding.send(message)).toMatchObject({ hasResponse: false });
    expect(await rebinding.send(message)).toMatchObject({ status: 204 });
    expect(await rebinding.send(message)).toMatchObject({
      error: "The name receiver.test has no address.",
    });

    expect(asked).toHaveLength(4);
    expect(allowed.received).toHaveLength(2);
    expect(internal.received).toEqual([]);
  });

  it("gets no plain http outside the allowed networks", async () => {
    const resolveName = (): Promise<string[]> => Promise.resolve(["8.8.8.8"]);
    const result = await sender({ resolveName }).send(messageTo("http://receiver.test/"));
    expect(result).toHaveProperty("error", expect.stringContaining("receiver.test is not on"));
  });

  it("is given up with the whole attempt if the DNS servers do not answer", async () => {
    const silent = sender({ timeoutMs: 100, resolveName: () => new Promise(() => undefined) });
    expect(await silent.send(messageTo("https://receiver.test/"))).toMatchObject({
      error: "The receiver did not respond within 100 ms.",
    });
  });
});

describe("a certificate", () => {
  const resolveName = (): Promise<string[]> => Promise.resolve(["127.0.0.1"]);
  const certificateAuthorities = [RECEIVER_CERTIFICATE.cert];

  it("that an authority signed for the name is accepted", async () => {
    const receiver = await startReceiver({ isTls: true });
    const trusting = sender({ resolveName, certificateAuthorities });
    expect(await trusting.send(messageTo(receiver.urlAs(CERTIFIED_NAME)))).toMatchObject({
      status: 204,
    });
  });

  it("that no authority signed, or for another name, is refused", async () => {
    const receiver = await startReceiver({ isTls: true });
    expect(
      await sender({ resolveName }).send(messageTo(receiver.urlAs(CERTIFIED_NAME))),
    ).toMatchObject({
      error: "The request failed: DEPTH_ZERO_SELF_SIGNED_CERT.",
    });
    const trusting = sender({ resolveName, certificateAuthorities });
    expect(await trusting.send(messageTo(receiver.urlAs("other.test")))).toMatchObject({
      error: "The request failed: ERR_TLS_CERT_ALTNAME_INVALID.",
    });
    expect(receiver.received).toEqual([]);
  });
});
