import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type PaymentAuthorization,
  accepted,
  createAuthorization,
  createCharge,
  createRefund,
  updateAuthorization,
  updateCharge,
  updateRefund,
} from "../support/payments.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

/** A command that the coordinator sent to a node. */
interface RemoteCommand {
  readonly text: string;
  readonly node: string;
  /** The statement that the program sent to the coordinator. */
  readonly connection: object;
}

let server: TestServer;
let merchant: TestMerchant;
let slug: string;
let shardPlaces: Map<string, string>;
const commands: RemoteCommand[] = [];

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
  const { rows } = await server.database.pool.query<{ shard: string; place: string }>(
    // Shards of colocated tables have the same range of values, and move together.
    `select s.shardid::text as shard, p.colocationid || ' from ' || s.shardminvalue as place
     from pg_dist_shard s join pg_dist_partition p using (logicalrelid) where p.partmethod = 'h'`,
  );
  shardPlaces = new Map(rows.map(({ shard, place }) => [shard, place]));
  // From now on, every connection logs the commands that it sends to the nodes.
  const { pool } = server.database;
  await pool.query(`alter database ${new URL(server.database.url).pathname.slice(1)}
    set citus.log_remote_commands = on`);
  pool.on("acquire", (client) => {
    if (listening.has(client)) return;
    listening.add(client);
    client.on("notice", ({ message, detail }) => {
      const node = /on server \S+@(\S+)/.exec(detail ?? "")?.[1];
      if (node !== undefined && message?.startsWith("issuing ")) {
        commands.push({ text: message.slice("issuing ".length), node, connection: client });
      }
    });
    void client.query("set citus.log_remote_commands = on; set client_min_messages = log");
  });
});

const listening = new WeakSet<object>();

beforeEach(() => {
  commands.length = 0;
});

afterAll(() => server.stop());

/** The shards that a command names, and their nodes. */
function placesOf({ text, node }: RemoteCommand): string[] {
  return [...text.matchAll(/_(\d{6,})\b/g)].flatMap(([, shard = ""]) => {
    const place = shardPlaces.get(shard);
    return place === undefined ? [] : [`${place} on ${node}`];
  });
}

/** @param isPlain whether the commit is a plain one, without two-phase commit. */
function expectOneShard(isPlain = false): void {
  expect([...new Set(commands.flatMap(placesOf))]).toHaveLength(1);
  // Other statements are part of authentication: they use reference tables and the token's last use.
  const ofShards = new Set(
    commands.filter((one) => placesOf(one).length > 0).map(({ connection }) => connection),
  );
  const ends = commands
    .filter(({ connection }) => ofShards.has(connection))
    .map(({ text }) => /^(PREPARE TRANSACTION|COMMIT PREPARED|COMMIT)/.exec(text)?.[0])
    .filter((end) => end !== undefined);
  if (isPlain) expect(ends).toEqual(["COMMIT"]);
}

const PAID = { status: "SUCCEEDED", amountInCents: 100 };
const held = (): Promise<PaymentAuthorization> =>
  accepted(createAuthorization(server, merchant.token, { ...PAID, mode: "REQUEST" }));

describe("a transaction on one shard of one node is enough for", () => {
  it.each([1, 100])("a request of %i charges, with new and existing pockets", async (count) => {
    const phoneNumber = newPhoneNumber();
    for (const run of ["new", "old"]) {
      commands.length = 0;
      const items = Array.from({ length: count }, (_, index) =>
        charge(index % 2 === 0 ? { phoneNumber } : {}),
      );
      const results = await chargePockets(server, merchant.token, slug, items);
      expect(
        results.map(({ status }) => status),
        run,
      ).toEqual(items.map(() => "SUCCESS"));
      expectOneShard(true);
    }
  });

  it("a new charge with a key", async () => {
    const input = { ...PAID, idempotencyKey: randomUUID() };
    await accepted(createCharge(server, merchant.token, input));
    expectOneShard(true);
  });

  it("a capture", async () => {
    const { id } = await held();
    commands.length = 0;
    const input = { ...PAID, mode: "CAPTURE", paymentAuthorizationId: id };
    await accepted(createCharge(server, merchant.token, input));
    expectOneShard(true);
  });

  it("an update of a charge", async () => {
    const { id } = await accepted(createCharge(server, merchant.token, { amountInCents: 1 }));
    commands.length = 0;
    await accepted(updateCharge(server, merchant.token, id, { status: "SUCCEEDED" }));
    expectOneShard(true);
  });

  it("a refund and its update", async () => {
    const { id: paymentChargeId } = await accepted(createCharge(server, merchant.token, PAID));
    commands.length = 0;
    const refund = { paymentChargeId, status: "PENDING", amountInCents: 100 };
    const { id } = await accepted(createRefund(server, merchant.token, refund));
    expectOneShard(true);
    commands.length = 0;
    await accepted(updateRefund(server, merchant.token, id, { status: "SUCCEEDED" }));
    expectOneShard(true);
  });

  it("an authorization and its update", async () => {
    const { id } = await held();
    expectOneShard(true);
    commands.length = 0;
    await accepted(updateAuthorization(server, merchant.token, id, { status: "CANCELED" }));
    expectOneShard(true);
  });
});
