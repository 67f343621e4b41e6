import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { chargeRequest, newCharge } from "./support/charge-requests.mjs";
import { DEADLINE_MS, readAnswer } from "./support/http-clients.mjs";
import { Stage } from "./support/stage.mjs";

const SLOW_CLIENTS = 40;
const TOO_SLOW_CLIENTS = 8;
const DISCONNECTING_CLIENTS = 8;
const LONGEST_WAIT_MS = 8;
const MAX_DELAY_MS = 100;

/** @type {import("./run.mjs").Fault} */
export const slowClients = {
  name: "slow-clients",
  does: "clients that disconnect mid-request, or send one byte a second",
  rounds: { full: 60, quick: 6 },
  unit: "seconds",
  run,
};

async function run(options) {
  const seconds = options.rounds;
  // Clients that send for the duration of the fault are in time; those that take twice as long are not.
  const CLIENT_TIMEOUT_MS = String(seconds * 1_500);
  const stage = await Stage.open(options, { settings: { CLIENT_TIMEOUT_MS } });
  const { ledger, random } = stage;
  const load = stage.startLoad();
  const halfSent = [];
  const until = performance.now() + seconds * 1_000;
  const disconnecting = async (own) => {
    while (performance.now() < until) {
      if (own.isIn(0.5)) await disconnectEarly(stage, own);
      else halfSent.push(...(await sendHalf(stage, own)));
      await sleep(own.between(0, MAX_DELAY_MS));
    }
  };
  await Promise.all([
    ...Array.from({ length: SLOW_CLIENTS }, () => sendSlowly(stage, seconds)),
    ...Array.from({ length: TOO_SLOW_CLIENTS }, async () => {
      halfSent.push(...(await sendTooSlowly(stage, 2 * seconds)));
    }),
    ...Array.from({ length: DISCONNECTING_CLIENTS }, (_, at) =>
      disconnecting(random.of(`disconnecting ${at}`)),
    ),
  ]);
  ledger.round = seconds;
  await requireNone(stage, halfSent);
  await load.untilAcknowledged();
  await load.stop();
  await stage.verify();
  return `${SLOW_CLIENTS} slow clients, ${halfSent.length} partially sent requests`;
}

/** Sends a whole request and disconnects at a random time before its response. */
async function disconnectEarly(stage, own) {
  const intent = newRequest(stage);
  const socket = await open(stage);
  stage.ledger.begin(intent);
  socket.write(bytesOf(stage, intent));
  await sleep(own.between(0, LONGEST_WAIT_MS));
  socket.destroy();
  stage.ledger.take(intent, { kind: "none", text: "the client disconnected" });
}

/** @returns the tokens of a request whose end the server never received. */
async function sendHalf(stage, own) {
  const intent = newRequest(stage);
  const socket = await open(stage);
  const bytes = bytesOf(stage, intent);
  socket.write(bytes.subarray(0, own.between(1, bytes.length - 1)));
  await sleep(own.between(0, LONGEST_WAIT_MS));
  socket.destroy();
  return intent.tokens;
}

/** Sends the last bytes at one per second. The server must answer normally. */
async function sendSlowly(stage, seconds) {
  const intent = newRequest(stage);
  stage.ledger.begin(intent);
  const { status, body } = await sendByteByByte(stage, intent, seconds);
  stage.ledger.take(intent, readAnswer(status, body));
}

/** @returns the tokens of a request that exceeded the server's timeout. */
async function sendTooSlowly(stage, seconds) {
  const intent = newRequest(stage);
  const { status } = await sendByteByByte(stage, intent, seconds);
  if (status !== 408) stage.ledger.fail(`a request that was sent for ${seconds} s got ${status}`);
  return intent.tokens;
}

async function sendByteByByte(stage, intent, seconds) {
  const socket = await open(stage);
  const bytes = bytesOf(stage, intent);
  const slowFrom = bytes.length - seconds;
  let text = "";
  socket.setEncoding("latin1").on("data", (part) => (text += part));
  socket.write(bytes.subarray(0, slowFrom));
  for (let at = slowFrom; at < bytes.length && socket.writable; at++) {
    await sleep(1_000);
    socket.write(bytes.subarray(at, at + 1));
  }
  // The request asked the server to close the connection after the response.
  if (!socket.closed)
    await Promise.race([once(socket, "close"), sleep(DEADLINE_MS, undefined, { ref: false })]);
  const [head, body = ""] = text.split("\r\n\r\n");
  return { status: Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1]), body };
}

function newRequest({ owner, random }) {
  return chargeRequest(owner.pocketGroupSlug, [newCharge(random)]);
}

async function open({ server }) {
  const { hostname, port } = new URL(server.graphqlUrl);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined); // the server may close it first
  await once(socket, "connect");
  return socket;
}

function bytesOf({ server, owner }, { query, variables }) {
  const { host, pathname } = new URL(server.graphqlUrl);
  const body = JSON.stringify({ query, variables });
  return Buffer.from(
    [
      `POST ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: Token ${owner.apiToken}`,
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}

async function requireNone(stage, tokens) {
  await stage.withDatabase(async (client) => {
    const { rows } = await client.query("select token from pocket_ledger where token = any($1)", [
      tokens,
    ]);
    for (const { token } of rows) stage.ledger.fail(`${token} was charged by a partial request`);
  });
}
